"""Assessments from suspicion to the end, incidents that join, and what is put away."""

import msgspec
import pytest

from pipeline.severity.policy import LimbChange, SeverityPolicy
from pipeline.severity.regimes import faults_of, severity_policy_id
from pipeline.severity.state import SeverityState
from pipeline.severity.step import assess, expire, handle_command
from schemas.assessment import Assessment, Obligation, Regime
from schemas.command import Command
from schemas.incident import Incident
from schemas.moments import DAY, HOUR, MINUTE
from tests.severity.builders import FACTORY, at, clock, command, context, impact, incident

POLICY = SeverityPolicy()
T0 = at("2026-03-02 09:00")


def judged(rows: list[Assessment | Obligation], regime: Regime = "miit") -> Assessment:
    return next(row for row in rows if isinstance(row, Assessment) and row.regime == regime)


def test_a_suspected_incident_has_a_colour_and_bounds_and_no_response_level() -> None:
    rows = assess(
        POLICY,
        SeverityState(),
        [incident(T0, tactics=("execution", "impact"), scenario="ransomware")],
        clock(T0),
        context(),
    )
    miit = judged(rows)
    assert (miit.tier, miit.colour, miit.response_level) == ("III", "yellow", None)
    assert (miit.low, miit.likely, miit.high) == ("IV", "III", "II")
    assert {limb.basis for limb in miit.limbs if limb.outcome == "met"} == {"estimated"}
    assert judged(rows, "cac").revision == 1


def test_a_confirmed_incident_is_graded_by_statements_alone() -> None:
    state, case = SeverityState(), incident(T0, tactics=("impact",), scenario="ransomware")
    assess(POLICY, state, [case], clock(T0), context())
    case = msgspec.structs.replace(case, confirmed=True)
    rows = handle_command(POLICY, state, command("confirm", T0), case, clock(T0), context())
    first = judged(rows)
    assert (first.tier, first.colour, first.response_level) == (None, None, None)
    assert first.likely == "III", "what it may yet reach stays in sight"
    assert "no stated fact" in first.reason_en
    rows = handle_command(POLICY, state, impact(T0, persons=1_000_000), case, clock(T0), context())
    assert (judged(rows).tier, judged(rows).response_level) == ("III", "III")


def test_two_regimes_give_two_results() -> None:
    state, case = SeverityState(), incident(T0, confirmed=True)
    rows = handle_command(
        POLICY, state, impact(T0, direct_loss_cny=150_000_000), case, clock(T0), context()
    )
    assert (judged(rows, "miit").tier, judged(rows, "cac").tier) == ("II", "I")


def test_a_correction_lowers_the_tier_and_says_so() -> None:
    state, case = SeverityState(), incident(T0, confirmed=True)
    handle_command(POLICY, state, impact(T0, persons=10_000_000), case, clock(T0), context())
    rows = handle_command(
        POLICY, state, impact(T0 + 1, persons=900_000), case, clock(T0 + 1), context()
    )
    assert judged(rows).tier == "IV"
    assert "From major (II) to general (IV): corrected persons' personal" in judged(rows).reason_en


def test_a_presumption_falls_by_statement_and_says_so() -> None:
    telecom = context(msgspec.structs.replace(FACTORY, field="telecom"))
    state, case = SeverityState(), incident(T0, confirmed=True)
    rows = handle_command(POLICY, state, impact(T0, outage_minutes=1_440), case, clock(T0), telecom)
    assert judged(rows).tier == "I"
    rows = handle_command(
        POLICY, state, impact(T0 + 1, facilities="related"), case, clock(T0 + 1), telecom
    )
    assert judged(rows).tier == "III"
    assert "corrected facilities" in judged(rows).reason_en


def test_an_override_stands_beside_the_computed_tier() -> None:
    state, case = SeverityState(), incident(T0, confirmed=True)
    handle_command(POLICY, state, impact(T0, persons=10), case, clock(T0), context())
    said = command("override", T0, regime="miit", tier="II", reason="supply chain")
    miit = judged(handle_command(POLICY, state, said, case, clock(T0 + 1), context()))
    assert (miit.tier, miit.override_tier, miit.override_by) == ("IV", "II", "li")
    assert miit.override_reason == "supply chain"


def test_the_sigma_level_moves_no_tier() -> None:
    tiers = set()
    for level in ("low", "critical"):
        rows = assess(POLICY, SeverityState(), [incident(T0, level=level)], clock(T0), context())
        tiers.add(judged(rows).tier)
    assert len(tiers) == 1


def test_what_was_known_goes_on_in_the_incident_that_took_over() -> None:
    state, case = SeverityState(), incident(T0, confirmed=True)
    handle_command(
        POLICY, state, impact(T0, direct_loss_cny=150_000_000), case, clock(T0), context()
    )
    record = state.records[case.incident_id]
    phone = record.obligations["miit-up-phone"].obligation_id
    said = command("reported", T0 + MINUTE, obligation_id=phone)
    handle_command(POLICY, state, said, case, clock(T0 + MINUTE), context())
    successor = incident(T0 + HOUR, incident_id="b" * 32, confirmed=True)
    gone = msgspec.structs.replace(
        case, status="superseded", superseded_by="b" * 32, revised_at=T0 + HOUR
    )
    rows = assess(POLICY, state, [successor, gone], clock(T0 + HOUR), context())
    by_heir = [row for row in rows if row.incident_id == "b" * 32]
    assert judged(by_heir).tier == "II"
    duties = {row.duty: row for row in by_heir if isinstance(row, Obligation)}
    assert duties["miit-up-phone"].state == "done"
    assert duties["miit-up-written"].starts_at == T0, "discovered when the first was"
    states = {one.state for one in record.obligations.values()}
    assert states == {"done", "withdrawn"}


def joined(state: SeverityState, own_at: int, other_at: int, now: int) -> dict[str, Obligation]:
    """The duties of `b` after `a` became part of it; both were judged II, each at its moment."""
    first = incident(T0, confirmed=True)
    second = incident(T0, incident_id="b" * 32, confirmed=True)
    said = impact(T0, direct_loss_cny=150_000_000)
    for at_, case in sorted(((other_at, first), (own_at, second)), key=lambda one: one[0]):
        its_own = msgspec.structs.replace(said, incident_id=case.incident_id)
        assess(POLICY, state, [case], clock(at_), context())
        handle_command(POLICY, state, its_own, case, clock(at_), context())
    gone = msgspec.structs.replace(first, status="superseded", superseded_by="b" * 32)
    assess(POLICY, state, [second, gone], clock(now), context())
    return state.records["b" * 32].obligations


@pytest.mark.parametrize(("own", "other"), [(5, 0), (0, 5)])
def test_joining_incidents_wins_nobody_time(own: int, other: int) -> None:
    held = joined(SeverityState(), T0 + own * MINUTE, T0 + other * MINUTE, T0 + 6 * MINUTE)
    assert held["miit-up-phone"].due_at == T0 + 10 * MINUTE, "the clock that had begun first"


def test_a_duty_that_was_withdrawn_here_goes_on_from_the_incident_that_joins() -> None:
    state = SeverityState()
    second = incident(T0, incident_id="b" * 32, confirmed=True)
    for minute, consent, loss in ((0, "", 150_000_000), (1, "mechanism", 1)):
        said = msgspec.structs.replace(
            impact(T0 + minute, direct_loss_cny=loss), incident_id="b" * 32, consent=consent
        )
        handle_or_open(state, second, said, T0 + minute * MINUTE)
    assert state.records["b" * 32].obligations["miit-up-phone"].state == "withdrawn"
    first = incident(T0, confirmed=True)
    handle_or_open(state, first, impact(T0 + 2, direct_loss_cny=150_000_000), T0 + 2 * MINUTE)
    gone = msgspec.structs.replace(first, status="superseded", superseded_by="b" * 32)
    assess(POLICY, state, [second, gone], clock(T0 + 9 * MINUTE), context())
    phone = state.records["b" * 32].obligations["miit-up-phone"]
    assert (phone.state, phone.due_at) == ("due_soon", T0 + 12 * MINUTE)


def handle_or_open(state: SeverityState, case: Incident, said: Command, now: int) -> None:
    assess(POLICY, state, [case], clock(now), context())
    handle_command(POLICY, state, said, case, clock(now), context())


def test_what_has_ended_stays_ended_where_late_evidence_gives_it_another_id() -> None:
    state, case = SeverityState(), incident(T0, confirmed=True)
    handle_or_open(state, case, impact(T0, direct_loss_cny=150_000_000), T0)
    closed = msgspec.structs.replace(case, status="closed", revised_at=T0 + HOUR)
    handle_or_open(state, closed, command("close", T0 + HOUR), T0 + HOUR)
    said = command("end_response", T0 + 2 * HOUR, body="mechanism")
    handle_or_open(state, closed, said, T0 + 2 * HOUR)
    before = state.records[case.incident_id].obligations
    later = T0 + 3 * DAY
    renamed = msgspec.structs.replace(closed, incident_id="b" * 32, revised_at=later)
    gone = msgspec.structs.replace(
        closed, status="superseded", superseded_by="b" * 32, revised_at=later
    )
    due = {key: before[key].due_at for key in ("miit-summary", "cac-other-closing")}
    assert None not in due.values()
    assess(POLICY, state, [renamed, gone], clock(later), context())
    held = state.records["b" * 32].obligations
    assert {key: held[key].due_at for key in due} == due


def test_a_response_that_was_declared_ended_had_its_handling_end_whatever_comes() -> None:
    state, case = SeverityState(), incident(T0, confirmed=True)
    handle_or_open(state, case, impact(T0, direct_loss_cny=150_000_000), T0)
    said = command("end_response", T0 + HOUR, body="mechanism")
    handle_or_open(state, case, said, T0 + HOUR)
    due = state.records[case.incident_id].obligations["cac-other-closing"].due_at
    assert due is not None
    more = msgspec.structs.replace(case, tactics=("impact",), revised_at=T0 + 2 * HOUR)
    assess(POLICY, state, [more], clock(T0 + 2 * HOUR), context())
    assert state.records[case.incident_id].obligations["cac-other-closing"].due_at == due


def test_every_chain_of_joined_incidents_ends_at_the_last() -> None:
    state = SeverityState()
    first = incident(T0, confirmed=True)
    handle_command(POLICY, state, impact(T0, persons=10_000_000), first, clock(T0), context())
    second = incident(T0 + 1, incident_id="b" * 32, status="superseded", superseded_by="d" * 32)
    assess(POLICY, state, [second], clock(T0 + 1), context())
    gone = msgspec.structs.replace(first, status="superseded", superseded_by="b" * 32)
    last = incident(T0 + 2, incident_id="d" * 32, confirmed=True)
    rows = assess(POLICY, state, [gone, last], clock(T0 + 2), context())
    assert judged([row for row in rows if row.incident_id == "d" * 32]).tier == "II"


def test_closed_incidents_are_put_away_in_time_and_open_duties_never() -> None:
    state, case = SeverityState(), incident(T0)
    assess(POLICY, state, [case], clock(T0), context())
    closed = msgspec.structs.replace(case, status="closed", revised_at=T0 + HOUR)
    assess(POLICY, state, [closed], clock(T0 + HOUR), context())
    expire(POLICY, state, clock(T0 + HOUR + 60 * DAY - 1))
    assert state.records
    expire(POLICY, state, clock(T0 + HOUR + 60 * DAY))
    assert state.records == {}


def test_the_quota_puts_away_the_oldest_and_counts_it() -> None:
    policy, state = SeverityPolicy(incidents_max=2), SeverityState()
    for index in range(4):
        case = incident(T0 + index, incident_id=str(index) * 32)
        assess(policy, state, [case], clock(T0 + index), context())
    assert list(state.records) == ["2" * 32, "3" * 32]
    assert state.forgotten == 2


def test_a_change_of_policy_moves_a_bound_for_its_province_only() -> None:
    change = LimbChange(
        regime="cac",
        limb="b7",
        tier="III",
        fact="direct_loss_cny",
        at_least=1_000_000,
        province="330000",
        reason="provincial plan",
    )
    policy = SeverityPolicy(changes=(change,))
    for province, tier in (("330000", "III"), ("110000", "IV")):
        state, case = SeverityState(), incident(T0, confirmed=True, province=province)
        said = impact(T0, direct_loss_cny=1_000_000)
        rows = handle_command(policy, state, said, case, clock(T0), context())
        assert judged(rows, "cac").tier == tier
    assert severity_policy_id(policy) != severity_policy_id(POLICY)


def test_faults_of_a_policy_name_place_and_remedy() -> None:
    bad = SeverityPolicy(
        changes=(
            LimbChange(regime="cac", limb="zz", tier="I", fact="persons", reason="x", at_least=1),
            LimbChange(regime="cac", limb="b5", tier="I", fact="views", reason="x", at_least=1),
            LimbChange(regime="cac", limb="b5", tier="I", fact="persons", reason="x"),
        )
    )
    faults = faults_of(bad)
    assert [fault.partition(":")[0] for fault in faults] == [
        "changes[0].limb",
        "changes[1].fact",
        "changes[2]",
    ]
    assert faults_of(POLICY) == []
