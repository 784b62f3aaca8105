"""Whose events a step is about: the same for every step of one batch."""

import msgspec

from schemas.registry import Enterprise


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """The enterprise, the rule set in force, and the drill the batch belongs to ("" in earnest)."""

    enterprise: Enterprise
    rule_set_id: str
    drill: str = ""
