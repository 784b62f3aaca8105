"""What must be read before a period so that its first events find what came before them: pure."""

from collections.abc import Sequence

from pipeline.app.delivery import Delivery
from pipeline.correlation.plan import CorrelationPlan
from pipeline.path import Engine
from schemas.decision import Decision
from schemas.moments import SECOND, Moment
from sinks.memory import MemorySink


def warm_up_of(engine: Engine) -> Moment:
    """How long before the period that may have happened which decides something in it.

    One after another: what is received as the period begins may be as old as still counts, or
    end a wait for what is that old (`pipeline/event_time/clock.py`); it may end the longest
    window, those of nested correlations added up; and what fires so may join a case whose last
    evidence is a gap older.
    """
    time, gap_s = engine.policy.event_time, engine.policy.incidents.gap_s
    still_counts_s = time.lateness_s + time.behind_s + time.idle_s + time.late_hold_s
    return (still_counts_s + gap_s) * SECOND + max(_reaches(engine.plan), default=0)


def _reaches(plan: CorrelationPlan) -> list[Moment]:
    reach: dict[str, Moment] = {}
    for each in plan.correlations:
        inner = max((reach.get(source.rule_id, 0) for source in each.sources), default=0)
        reach[each.rule_id] = each.span + inner
    return list(reach.values())


class NoDelivery(Delivery):
    """What is decided before the period begins, or by a backtest, changes states and no store."""

    def __init__(self) -> None:
        super().__init__(MemorySink(), wait=lambda pause_s: False)

    def write(self, decisions: Sequence[Decision], token: str) -> None:
        """Nothing."""
