"""What must be read before a period so that its first events find what came before them: pure."""

from collections.abc import Sequence

from pipeline.app.delivery import Delivery
from pipeline.correlation.plan import CorrelationPlan
from pipeline.path import Engine
from schemas.decision import Decision
from schemas.moments import SECOND, Moment
from sinks.memory import MemorySink


def warm_up_of(engine: Engine) -> Moment:
    """The span within which evidence joins a case, the longest window, and the lateness.

    One after another: what joins a case of before the period may be a correlation, whose window
    began earlier still. Windows of nested correlations are added up likewise; one that waits for
    an absence waits within its window.
    """
    policy = engine.policy
    joining_s = policy.incidents.gap_s + policy.event_time.lateness_s
    return joining_s * SECOND + max(_reaches(engine.plan), default=0)


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
