"""Late findings admitted by an analyst: once, marked, and discovered when that was said."""

import msgspec
import pytest

from pipeline.incidents.ocsf import incident_finding
from pipeline.path import Engine
from pipeline.state import EnterpriseState, decode_state, encode_state, enterprise_state
from schemas.assessment import Obligation
from schemas.batch import DeadLetter, Record
from schemas.command import CommandOutcome
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.incident import Incident
from schemas.late_finding import LateDetection, LateFinding
from schemas.moments import DAY, SECOND
from tests.engine.builders import (
    RECEIPT,
    START,
    apply,
    batch,
    command,
    failed_logon,
    make_engine,
    shadow_copies,
    signed_again,
)

ENGINE: Engine = make_engine()
DAYS_LATER = 10 * 86_400


def found(at_s: float = 0, host: str = "ws-1", **changed: object) -> LateDetection:
    """What another engine of the same rules finds in an event: an investigation's detection."""
    decisions = ENGINE.process(EnterpriseState(), batch([shadow_copies(at_s, host)]))
    (detection,) = (each for each in decisions if isinstance(each, Detection))
    kept = {name: getattr(detection, name) for name in LateDetection.__struct_fields__}
    return msgspec.convert(kept | changed, LateDetection, from_attributes=True)


def admitting(*detections: LateDetection, number: int = DAYS_LATER, **said: object) -> Record:
    finding = LateFinding(investigation="march", detections=detections)
    particulars: dict[str, object] = {"reason": "a new rule", "finding": finding}
    return command("add_late_finding", "1" * 32, number, **particulars | said)


def of_kind(decisions: list[Decision], kind: type) -> list[Decision]:
    return [each for each in decisions if isinstance(each, kind)]


def only_incident(decisions: list[Decision]) -> Incident:
    *_, incident = of_kind(decisions, Incident)
    assert isinstance(incident, Incident)
    return incident


def lived() -> EnterpriseState:
    """An enterprise whose event time is ten days on, and that holds no incident."""
    state = EnterpriseState()
    later = msgspec.structs.replace(
        batch([failed_logon(DAYS_LATER - 60)], 1), received_at=START + (DAYS_LATER - 30) * SECOND
    )
    ENGINE.process(state, later)
    assert not state.incidents.cases
    return state


def test_a_late_finding_is_an_incident_that_happened_then_and_was_found_now() -> None:
    state = lived()
    outcome, detection, *rest = apply(ENGINE, state, admitting(found()))
    now = START + DAYS_LATER * SECOND
    assert isinstance(outcome, CommandOutcome)
    assert outcome.accepted
    assert isinstance(detection, Detection)
    assert (detection.investigation, detection.received_at, detection.late) == ("march", now, True)
    incident = only_incident(rest)
    assert incident.first_time == START
    assert (incident.opened_at, incident.found_late_at, incident.status) == (now, now, "new")
    assert incident.detection_ids == (detection.detection_id,)
    assert f"'found_late_at': {now // 1_000}" in str(incident_finding(incident))
    duties = of_kind(rest, Obligation)
    assert duties
    for duty in duties:
        assert isinstance(duty, Obligation)
        assert duty.starts_at == now, "the law's clocks run from discovery"


def test_it_stays_open_as_long_as_an_incident_that_was_opened_now() -> None:
    state = lived()
    apply(ENGINE, state, admitting(found()))
    quiet_s = ENGINE.policy.incidents.quiet_new_s
    for after_s, is_open in ((quiet_s - 3_600, True), (quiet_s + 86_400, False)):
        at_s = DAYS_LATER + after_s
        later = msgspec.structs.replace(
            batch([failed_logon(at_s, "wu")], at_s), received_at=START + at_s * SECOND
        )
        ENGINE.process(state, later)
        assert all((case.status == "new") is is_open for case in state.incidents.cases.values())


def test_an_enterprise_whose_state_began_anew_keeps_it_open_too() -> None:
    state = EnterpriseState()
    apply(ENGINE, state, admitting(found()))
    at_s = DAYS_LATER + 3_600
    ENGINE.process(
        state,
        msgspec.structs.replace(batch([failed_logon(at_s)], 2), received_at=START + at_s * SECOND),
    )
    assert [case.status for case in state.incidents.cases.values()] == ["new"]


def test_what_is_of_a_low_level_opens_an_incident_because_an_analyst_says_so() -> None:
    low = found(level="low", rule_id="44444444-4444-4444-8444-444444444444")
    decisions = apply(ENGINE, lived(), admitting(low))
    assert only_incident(decisions).level == "low"


def test_said_again_it_is_answered_as_the_first_time_and_changes_nothing() -> None:
    state = lived()
    said = admitting(found())
    outcome, *_ = apply(ENGINE, state, said)
    before = encode_state(state)
    restored = enterprise_state(decode_state("E1", before))
    assert apply(ENGINE, restored, said) == [outcome]
    assert encode_state(restored) == before


def test_in_another_command_what_is_held_is_refused_and_only_the_rest_is_added() -> None:
    state = lived()
    apply(ENGINE, state, admitting(found()))
    (refused,) = apply(ENGINE, state, admitting(found(), number=DAYS_LATER + 1))
    assert isinstance(refused, CommandOutcome)
    assert "held already" in refused.refusal
    decisions = apply(ENGINE, state, admitting(found(), found(60), number=DAYS_LATER + 2))
    assert len(of_kind(decisions, Detection)) == 1
    incident = only_incident(decisions)
    assert (incident.detection_count, incident.revision) == (2, 2)
    assert incident.found_late_at == START + DAYS_LATER * SECOND, "the first of them"


def test_it_joins_a_live_incident_whose_discovery_stays() -> None:
    state = EnterpriseState()
    live = only_incident(ENGINE.process(state, batch([shadow_copies(60)])))
    joined = only_incident(apply(ENGINE, state, admitting(found(120), number=800)))
    assert joined.opened_at == live.opened_at == RECEIPT
    assert joined.found_late_at == START + 800 * SECOND
    assert joined.detection_count == 2


def test_analysts_and_later_evidence_work_on_it_as_on_any_other() -> None:
    state = lived()
    incident = only_incident(apply(ENGINE, state, admitting(found())))
    confirmed = apply(ENGINE, state, command("confirm", incident.incident_id, DAYS_LATER + 10))
    assert only_incident(confirmed).confirmed
    more = admitting(found(600), number=DAYS_LATER + 20)
    grown = only_incident(apply(ENGINE, state, more))
    assert (grown.incident_id, grown.confirmed) == (incident.incident_id, True)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"scenario": "sorcery"}, "unknown scenario"),
        ({"time": START - DAY}, "not in order"),
        ({"last_time": START + 20 * DAY}, "after its receipt"),
        ({"event_ids": ("0" * 32, "1" * 32)}, "event_count"),
    ],
)
def test_what_no_rule_can_have_found_is_refused_by_name(
    changed: dict[str, object], said: str
) -> None:
    state = lived()
    wrong = msgspec.structs.replace(found(), **changed)
    (outcome,) = apply(ENGINE, state, admitting(wrong))
    assert isinstance(outcome, CommandOutcome)
    assert said in outcome.refusal
    assert not state.incidents.cases


def test_a_finding_without_detections_or_reason_is_refused() -> None:
    state = lived()
    for record, said in (
        (admitting(found(), finding=None), "names nothing"),
        (admitting(found(), number=DAYS_LATER + 1, reason=""), "says nothing"),
    ):
        (outcome,) = apply(ENGINE, state, record)
        assert isinstance(outcome, CommandOutcome)
        assert said in outcome.refusal


@pytest.mark.parametrize(
    "replaced",
    [
        (b'"revision":1', b'"revision":-1'),
        (b'"event_count":1', b'"event_count":0'),
        (b'"investigation":"march"', b'"investigation":"../march"'),
        (b'"level":"high"', b'"level":"apocalyptic"'),
        (b'"kind":"rule"', b'"province":"110000","kind":"rule"'),
    ],
)
def test_what_a_column_cannot_hold_is_a_dead_letter(replaced: tuple[bytes, bytes]) -> None:
    record = admitting(found())
    assert replaced[0] in record.value
    broken = signed_again(msgspec.structs.replace(record, value=record.value.replace(*replaced)))
    letter, *_ = apply(ENGINE, lived(), broken)
    assert isinstance(letter, DeadLetter)
    assert letter.reason == "command_malformed"
