"""One piece of evidence with what it refers to."""

import msgspec

from pipeline.incidents.state import Evidence, RuleFacts
from schemas.detection import Entity


class Witness(msgspec.Struct, frozen=True):
    """Evidence, its rule, and who and what takes part in it."""

    evidence: Evidence
    rule: RuleFacts
    entities: tuple[Entity, ...]
