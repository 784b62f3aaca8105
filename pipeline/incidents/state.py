"""What the incidents stage remembers of one enterprise (of one drill of it, if it is a drill).

Rule 1. Evidence is held, groups are not: which detections belong together follows from the
        evidence alone, so the order in which it came cannot matter.
Rule 2. A case is what an incident has beside its evidence: what analysts said, when it was
        discovered, what was last emitted.
Rule 3. Rules and entities are held once and referred to: evidence repeats them.
Rule 4. What shows a reader nothing new waits (`step.py`, rule 2): it is held, and in no case yet.
Rule 5. Evidence over the quota is folded, not lost: counts, spans and links stay.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from schemas.detection import Entity, Level
from schemas.incident import Status, Verdict
from schemas.moments import Moment

if TYPE_CHECKING:
    from pipeline.incidents.evidence_index import EvidenceIndex
    from pipeline.incidents.policy import IncidentPolicy

EVENT_IDS_MAX = 100
TASKS_MAX = 100
"""Open on one incident."""
DETECTION_IDS_MAX = 100
"""Held by one piece of evidence; the counts count all."""


Attribution: TypeAlias = Literal["machine", "unknown", "named"]
"""Whom a detection is attributed to: the machine's own, nobody says whose, or someone's."""
ATTRIBUTIONS: tuple[Attribution, ...] = ("machine", "unknown", "named")
"""From the least telling to the most."""


class RuleFacts(msgspec.Struct, frozen=True, array_like=True):
    """What the detections of one rule have in common."""

    rule_id: str
    title: str
    level: Level
    tags: tuple[str, ...]
    scenario: str
    is_correlation: bool
    title_zh: str = ""
    category: str = ""
    """Of the log source: the same technique is another deed in another log."""


class Evidence(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """One detection, or several of one rule and one group folded into one.

    `rule` and `entities` refer to the state's `rules` and `entities`. `detection_id` and
    `time` are those of the earliest. `received_at` is when it first came.
    `attribution` says who or what did it, as far as it named anyone when it came.
    `case` is the incident it was in when the step began, "" for context.
    """

    detection_id: str
    rule: int
    time: Moment
    first_time: Moment
    last_time: Moment
    received_at: Moment
    entities: tuple[int, ...]
    event_ids: tuple[str, ...]
    event_count: int
    summary: str
    revision: int = 1
    case: str = ""
    count: int = 1
    folded_ids: tuple[str, ...] = ()
    attribution: Attribution = "unknown"
    summary_zh: str = ""
    merged: tuple[str, ...] = ()
    parted: tuple[str, ...] = ()
    """Marks of merges and splits by hand (`regrouping.py`)."""
    found_late_at: Moment = 0
    """When an analyst admitted it as a late finding; 0: it was found as its events came."""


class Case(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """What an incident has beside its evidence.

    `touched` is the watermark when its status last changed. `judged` are the rules that the
    evidence held when it was closed with a settling verdict. `content` is the content id of
    what was last emitted. `status` is never superseded: `is_superseded` says so, and a case
    that comes back to life has the status it had.
    """

    status: Status = "new"
    verdict: Verdict = "unknown"
    confirmed: bool = False
    assignee: str = ""
    opened_at: Moment = 0
    touched: Moment = 0
    judged: tuple[str, ...] = ()
    is_superseded: bool = False
    superseded_by: str = ""
    last_time: Moment = 0
    revision: int = 0
    revised_at: Moment = 0
    content: str = ""
    tasks: tuple[str, ...] = ()
    """Ids of those that are open."""


class Cache:
    """What follows from evidence and cases and is made anew when it is missing."""

    __slots__ = ("evidence_index", "next_due")

    def __init__(self) -> None:
        self.evidence_index: EvidenceIndex | None = None
        self.next_due: NextDue | None = None


class NextDue(msgspec.Struct, frozen=True):
    """The watermark after which some case may change by itself, under this policy."""

    policy: "IncidentPolicy"
    watermark: Moment


class IncidentsState(msgspec.Struct, dict=True):
    """Mutable; owned by the engine during a call."""

    rules: dict[int, RuleFacts] = {}
    entities: dict[int, Entity] = {}
    evidence: dict[str, Evidence] = {}
    """By detection id."""
    cases: dict[str, Case] = {}
    """By incident id; written by `keep_case`."""
    swept: Moment = 0
    """The watermark when context was last looked through for what is over."""
    waiting: dict[str, bool] = {}
    """Evidence that waits to be told, and whether it is fresh (see `Change`)."""
    waiting_until: Moment = 0
    """The greatest time of what waits."""
    emitted_at_watermark: Moment = 0
    """The watermark when what waited was last told."""
    folded: int = 0
    """Detections folded into others since the beginning."""
    evicted: int = 0
    """Detections that left over the quota since the beginning, context first."""

    @cached_property
    def cache(self) -> Cache:
        """Not encoded."""
        return Cache()

    def keep_case(self, incident_id: str, case: Case) -> None:
        """Remember a case as it is now: when the next one is due has to be found anew."""
        self.cases[incident_id] = case
        self.cache.next_due = None
