"""What a rule set or a policy would have come to, beside the one in force: pure.

A backtest runs the same records through both engines and writes nothing. Counted are detections
that hold (of each the last revision) and incidents opened in the period.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from pipeline.replay.differences import Compared, Difference, Side, compared_of, differences
from schemas.assessment import Assessment
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.incident import Incident
from schemas.moments import Moment
from sinks.memory import MemorySink
from sinks.rows import rows_of


class Outcome(msgspec.Struct):
    """What one side came to so far, drills left out: of each thing the last revision."""

    detections: dict[str, Detection] = {}
    cases: dict[tuple[str, ...], Incident | Assessment] = {}

    def add(self, decisions: Iterable[Decision]) -> None:
        """Take in decisions in their order."""
        for each in decisions:
            match each:
                case Detection(drill=""):
                    self.detections[each.detection_id] = each
                case Incident(drill=""):
                    self.cases[each.incident_id,] = each
                case Assessment(drill=""):
                    self.cases[each.incident_id, each.regime] = each

    def holding(self, start: Moment) -> list[Detection]:
        """Detections that hold, decided by what was received since `start`."""
        return [
            each
            for each in self.detections.values()
            if each.status == "active" and each.received_at >= start
        ]

    def side(self, start: Moment) -> Side:
        """What is compared: incidents as the views of a store show them, and what fired."""
        views = MemorySink()
        views.write(rows_of(self.cases.values()), "")
        fired = frozenset((each.enterprise_id, each.rule_id) for each in self.holding(start))
        return Side(compared_of(views.view("incidents"), views.view("assessments")), fired)


class RuleCost(msgspec.Struct, frozen=True):
    """One rule on both sides; `enterprises` are those where it fired with the new side."""

    rule_id: str
    title: str
    level: str
    live: int
    new: int
    enterprises: int


class EnterpriseCost(msgspec.Struct, frozen=True):
    """Detections and incidents of one enterprise on both sides."""

    enterprise_id: str
    detections_live: int
    detections_new: int
    incidents_live: int
    incidents_new: int


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """The result: what fires where, incidents more and less, and hours of analysts."""

    start: Moment
    end: Moment
    events: int
    rules: tuple[RuleCost, ...]
    """Those that fired on either side, the greatest difference first."""
    enterprises: tuple[EnterpriseCost, ...]
    """The noisiest with the new side first."""
    incidents_live: int
    incidents_new: int
    more: int
    """Incidents of the new side that the one in force has not."""
    less: int
    changed: int
    minutes_an_incident: float
    hours_live: float
    hours_new: float
    differences: tuple[Difference, ...]


def backtest_of(
    live: Outcome, new: Outcome, start: Moment, end: Moment, events: int, minutes: float
) -> Backtest:
    """Both sides held against each other; `minutes` is what an incident costs an analyst."""
    sides = live.side(start), new.side(start)
    before, after = (
        [one for one in side.incidents if start <= one.opened_at < end] for side in sides
    )
    found = differences(*sides, start, end)
    changes = Counter(each.change for each in found)
    detected = live.holding(start), new.holding(start)
    return Backtest(
        start=start,
        end=end,
        events=events,
        rules=tuple(_rule_costs(*detected)),
        enterprises=tuple(_enterprise_costs(*detected, before, after)),
        incidents_live=len(before),
        incidents_new=len(after),
        more=changes["new"],
        less=changes["gone"],
        changed=changes["changed"],
        minutes_an_incident=minutes,
        hours_live=len(before) * minutes / 60,
        hours_new=len(after) * minutes / 60,
        differences=tuple(found),
    )


def _rule_costs(live: list[Detection], new: list[Detection]) -> list[RuleCost]:
    before = Counter(each.rule_id for each in live)
    after = Counter(each.rule_id for each in new)
    enterprises: dict[str, set[str]] = defaultdict(set)
    for each in new:
        enterprises[each.rule_id].add(each.enterprise_id)
    heads = {each.rule_id: (each.title, each.level) for each in (*live, *new)}
    costs = [
        RuleCost(rule, *head, before[rule], after[rule], len(enterprises[rule]))
        for rule, head in heads.items()
    ]
    return sorted(costs, key=lambda cost: (-abs(cost.new - cost.live), -cost.new, cost.rule_id))


def _enterprise_costs(
    live: list[Detection], new: list[Detection], before: list[Compared], after: list[Compared]
) -> list[EnterpriseCost]:
    counts = [Counter(one.enterprise_id for one in side) for side in (live, new)]
    counts += [Counter(one.enterprise_id for one in side) for side in (before, after)]
    enterprises = set().union(*counts)
    costs = [EnterpriseCost(each, *(count[each] for count in counts)) for each in enterprises]
    return sorted(
        costs, key=lambda cost: (-cost.incidents_new, -cost.detections_new, cost.enterprise_id)
    )
