"""What rules found in events that they saw only later: a command brings it to the worker."""

from typing import Annotated, Literal, TypeAlias

import msgspec

from schemas.detection import Entity, Level
from schemas.moments import FIRST_STORED, LAST_STORED

_Id: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
_Moment: TypeAlias = Annotated[int, msgspec.Meta(ge=FIRST_STORED, le=LAST_STORED)]
_Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=10**15)]


class LateDetection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A detection without what is not the sender's to say: whose it is, and when it was found.

    The fields are those of `Detection`; its commands' size bounds its texts.
    """

    detection_id: _Id
    revision: Annotated[int, msgspec.Meta(ge=1, le=2**31)]
    kind: Literal["rule", "correlation"]
    rule_id: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    title: str
    title_zh: str = ""
    level: Level
    tags: tuple[str, ...] = ()
    scenario: str = ""
    time: _Moment
    first_time: _Moment
    last_time: _Moment
    event_ids: Annotated[tuple[_Id, ...], msgspec.Meta(min_length=1, max_length=100)]
    event_count: _Count
    entities: tuple[Entity, ...] = ()
    product: str = ""
    category: str = ""
    service: str = ""
    summary: str = ""
    summary_zh: str = ""
    rule_set_id: Annotated[str, msgspec.Meta(max_length=128)] = ""


class LateFinding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Detections of one incident of an investigation that the live rules never made."""

    investigation: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]{0,40}$")]
    detections: Annotated[tuple[LateDetection, ...], msgspec.Meta(min_length=1, max_length=500)]
