"""What is remembered of an enterprise's exceptions."""

import msgspec

from schemas.exception import RuleException


class ExceptionsState(msgspec.Struct):
    """Mutable; owned by the engine during a call."""

    held: dict[str, RuleException] = {}
    """By id: those in force, and those that are over as long as evidence of their time counts."""
    hidden: dict[str, str] = {}
    """Correlations' detections that were never told, each with the exception that hid it."""
