"""What the law still asks once an incident is closed and its evidence has left the state."""

import msgspec
import pytest

from pipeline.state import EnterpriseState, decode_state, encode_state, enterprise_state
from schemas.assessment import Obligation
from schemas.command import Body, CommandOutcome, Impact, Verb
from schemas.incident import Incident
from schemas.moments import DAY, SECOND
from tests.engine.builders import (
    START,
    apply,
    batch,
    command,
    failed_logon,
    make_engine,
    shadow_copies,
)

ENGINE = make_engine()
HOUR_S, DAY_S = 3_600, 86_400


def ended_and_left() -> tuple[EnterpriseState, str, dict[str, Obligation]]:
    """An incident of CAC tier I that was resolved, then quiet for ten days, and its duties."""
    state = EnterpriseState()
    rows = ENGINE.process(state, batch([shadow_copies(0)]))
    incident_id = next(row.incident_id for row in rows if isinstance(row, Incident))
    for number, (verb, particulars) in enumerate(
        (
            ("confirm", {}),
            ("impact", {"impact": Impact(direct_loss_cny=150_000_000)}),
            ("resolve", {"verdict": "true_positive"}),
        )
    ):
        rows += say(state, verb, incident_id, 700 + number, **particulars)  # type: ignore[arg-type]
    for day in range(1, 11):
        at_s = day * DAY_S
        later = batch([failed_logon(at_s, "wu")], at_s)
        rows += ENGINE.process(
            state, msgspec.structs.replace(later, received_at=START + (at_s + 60) * SECOND)
        )
    assert incident_id not in state.incidents.cases
    return state, incident_id, {row.duty: row for row in rows if isinstance(row, Obligation)}


def say(
    state: EnterpriseState, verb: Verb, incident_id: str, number: int, **particulars: object
) -> list[object]:
    outcome, *rows = apply(ENGINE, state, command(verb, incident_id, number, **particulars))
    assert isinstance(outcome, CommandOutcome)
    return [outcome, *rows]


def refusal(rows: list[object]) -> str:
    outcome = rows[0]
    assert isinstance(outcome, CommandOutcome)
    return outcome.refusal


def test_the_last_report_is_told_as_done_weeks_after_the_evidence_has_left() -> None:
    state, incident_id, duties = ended_and_left()
    closing = next(one for key, one in duties.items() if key.endswith("closing"))
    assert closing.due_at is not None
    assert closing.due_at > START + 29 * DAY, "30 days (CAC Art. 8), and the case left in three"
    number = 20 * DAY_S
    said = command("reported", incident_id, number, obligation_id=closing.obligation_id)
    first = apply(ENGINE, state, said)
    done = [row for row in first if isinstance(row, Obligation)]
    assert [(one.duty, one.state, one.done_at) for one in done if one.state == "done"] == [
        (closing.duty, "done", START + number * SECOND)
    ]
    restored = enterprise_state(decode_state("E1", encode_state(state)))
    assert apply(ENGINE, restored, said) == first[:1], "said again it is answered, and no more"


def test_the_response_is_declared_ended_and_its_summary_gets_its_limit() -> None:
    state, incident_id, _ = ended_and_left()
    body: Body = "mechanism"
    rows = say(state, "end_response", incident_id, 12 * DAY_S, body=body)
    assert refusal(rows) == ""
    summary = next(
        row for row in rows if isinstance(row, Obligation) and row.duty == "miit-summary"
    )
    assert summary.due_at is not None
    assert summary.due_at > START + 12 * DAY


@pytest.mark.parametrize("verb", ["reopen", "start", "confirm", "assign", "merge"])
def test_what_needs_the_case_is_refused_as_before(verb: Verb) -> None:
    state, incident_id, _ = ended_and_left()
    assert "is held" in refusal(say(state, verb, incident_id, 12 * DAY_S))


def test_of_a_false_alarm_nothing_is_left_to_say() -> None:
    state = EnterpriseState()
    rows = ENGINE.process(state, batch([shadow_copies(0)]))
    incident_id = next(row.incident_id for row in rows if isinstance(row, Incident))
    say(state, "close", incident_id, 700, verdict="false_positive")
    at_s = 5 * DAY_S
    later = batch([failed_logon(at_s)], at_s)
    ENGINE.process(state, msgspec.structs.replace(later, received_at=START + at_s * SECOND))
    assert incident_id not in state.incidents.cases
    said = say(state, "impact", incident_id, 6 * DAY_S, impact=Impact(persons=1))
    assert "is held" in refusal(said)
