"""Every scenario in both forms, played faster than real time: each attack is found by its name."""

from collections.abc import Iterator

import pytest

from pipeline.drills.library import LIBRARY, Form
from pipeline.drills.planning import DrillPlan
from pipeline.drills.scoring import Evidence, FoundIncident, score_enterprise
from schemas.decision import Decision
from schemas.drill import DrillParticipant
from schemas.incident import Incident
from schemas.moments import MINUTE
from tests.drills.builders import decide, plan_of

FORMS: tuple[tuple[Form, int, float], ...] = (("short", 10, 15), ("long", 20, 1_440))
"""Form, pace, and minutes at pace 1."""


@pytest.mark.parametrize(("form", "pace", "minutes"), FORMS)
@pytest.mark.parametrize("scenario", LIBRARY)
def test_each_form_of_each_scenario_at_pace_is_found_and_called_by_its_name(
    scenario: str, form: Form, pace: int, minutes: float
) -> None:
    names = ["ent-00001", "ent-00002", "ent-00003"][: 3 if LIBRARY[scenario].campaign else 1]
    plan = plan_of(scenario=scenario, form=form, pace=pace, enterprises={"ids": names})
    assert (plan.ends_at - plan.starts_at) / MINUTE == pytest.approx(minutes / pace, rel=0.1)
    decisions = decide(plan)
    waves = len(LIBRARY[scenario].course(form).waves)
    for name in names:
        evidence = Evidence(incidents=tuple(_found(decisions, name)))
        score = score_enterprise(
            plan.run_row("finished", 0, plan.ends_at), _participant(plan, name),
            [each for each in plan.injects if each.enterprise_id == name], evidence, plan.ends_at,
        )  # fmt: skip
        assert (score.attacks, score.missed, score.right_scenarios) == (waves, 0, waves)


def _found(decisions: list[Decision], name: str) -> Iterator[FoundIncident]:
    """The incidents of the enterprise as they stand."""
    last = {each.incident_id: each for each in decisions if isinstance(each, Incident)}
    for each in last.values():
        if each.enterprise_id == name and each.status != "superseded":
            yield FoundIncident(
                scenario=each.scenario, status=each.status, verdict="",
                opened_at=each.opened_at, first_time=each.first_time, last_time=each.last_time,
            )  # fmt: skip


def _participant(plan: DrillPlan, name: str) -> DrillParticipant:
    return next(each for each in plan.participants({}, plan.ends_at) if each.enterprise_id == name)
