"""When what the registry says is weighed: with a batch, and again only when it has changed."""

from pipeline.path import Engine
from pipeline.state import EnterpriseState
from schemas.assessment import Obligation
from schemas.cross_border import ThresholdStanding
from schemas.decision import Decision
from schemas.moments import HOUR, Moment
from tests.cross_border.builders import NOON, batch, engine, export

SMALL, LARGE = (
    engine(persons=persons, critical_infrastructure=True) for persons in (1_000, 20_000_000)
)


def moments(decisions: list[Decision]) -> set[Moment]:
    """When the rows of the registry say that they were revised."""
    return {
        row.revised_at
        for row in decisions
        if isinstance(row, ThresholdStanding | Obligation) and not getattr(row, "incident_id", "")
    }


def weighed(reader: Engine, state: EnterpriseState, *looks: Moment) -> list[Decision]:
    """What timers tell, looked at then."""
    return [row for at in looks for row in reader.advance(state, "E1", at)]


def test_a_state_without_a_batch_is_not_weighed_whenever_its_timers_are_looked_at() -> None:
    """A command may come first, and in which order topics are read is in no log."""
    first = batch([export()], received_at=NOON + 3 * HOUR)
    said = []
    for looks in ((), (NOON + HOUR, NOON + 2 * HOUR)):
        state = EnterpriseState()
        assert weighed(LARGE, state, *looks) == []
        said.append(moments(LARGE.process(state, first)))
        assert weighed(LARGE, state, NOON + 4 * HOUR) == [], "and once is enough"
    assert said == [{first.received_at}] * 2


def test_a_changed_registry_is_told_at_a_timer_of_those_that_send_nothing() -> None:
    state = EnterpriseState()
    SMALL.process(state, batch([export()]))
    later = NOON + 4 * HOUR
    assert moments(weighed(LARGE, state, later)) == {later}
    assert weighed(LARGE, state, later + HOUR) == []
