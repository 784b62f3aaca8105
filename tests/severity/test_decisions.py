"""Who decides, and what nobody knows: fixed tiers, issued warnings, unknown operators."""

from typing import Any

import msgspec
import pytest

from pipeline.severity.policy import Choices, SeverityPolicy
from pipeline.severity.rulings import ENDED_BY, ISSUERS
from schemas.assessment import Assessment, WarningNotice
from schemas.moments import DAY, MINUTE
from schemas.registry import Enterprise
from tests.severity.builders import FACTORY, command
from tests.severity.test_duties import T0, Case, confirmed

UNKNOWN = msgspec.structs.replace(
    FACTORY, field="unknown", critical_infrastructure=None, central_organ=None, persons=None
)


def assessment(case: Case, regime: str = "miit") -> Assessment:
    found = [row for row in case.rows if isinstance(row, Assessment) and row.regime == regime]
    return found[-1]


def notice(colour: Any, issued_by: Any) -> WarningNotice:
    return WarningNotice(
        colour=colour,
        starts_at=T0,
        scope_and_harm="一省多家企业",
        matters="勒索病毒",
        measures="断网排查",
        handle_by=T0 + DAY,
        distribution="省内有关企业",
        issued_by=issued_by,
    )


def suspected(enterprise: Enterprise = FACTORY) -> Case:
    case = Case(enterprise)
    case.open(tactics=("exfiltration",))
    return case


# --- unknown is not no ------------------------------------------------------------------------


def test_an_unknown_operator_meets_the_strictest_clock_and_both_outcomes_are_told() -> None:
    case = confirmed(UNKNOWN, direct_loss_cny=20_000_000)
    first = case.current()["cac-cii-protection"]
    assert first.due_at == T0 + 60 * MINUTE
    assert first.presumed == ("critical_infrastructure",)
    assert "within 4 h" in first.reason_en
    assert "最迟不超过4小时" in first.reason_zh
    assert "cac-other" not in case.current()
    assert assessment(case, "cac").asked == ("critical_infrastructure", "central_organ")


def test_what_may_be_graver_is_shown_beside_what_is_certain() -> None:
    cac = assessment(confirmed(UNKNOWN, outage_minutes=60), "cac")
    assert (cac.tier, cac.possible, cac.standing) == ("IV", "II", "II")
    assert "关键信息基础设施运营者" in cac.reason_zh
    assert "时限从严计算" in cac.reason_zh


def test_an_unknown_field_leaves_the_telecom_reading_open() -> None:
    miit = assessment(confirmed(UNKNOWN, outage_minutes=1440))
    assert (miit.tier, miit.possible) == ("IV", "I")
    assert "field" in miit.asked


def test_a_presumed_duty_gives_way_when_the_registry_says_no() -> None:
    case = confirmed(UNKNOWN, direct_loss_cny=20_000_000)
    case.context = msgspec.structs.replace(case.context, enterprise=FACTORY)
    case.state_impact(T0 + MINUTE, direct_loss_cny=20_000_001)
    current = case.current()
    assert current["cac-cii-protection"].state == "withdrawn"
    assert "found out" in current["cac-cii-protection"].reason_en
    assert (current["cac-other"].due_at, current["cac-other"].presumed) == (T0 + 240 * MINUTE, ())


def test_the_ordinary_reading_may_be_chosen() -> None:
    policy = SeverityPolicy(choices=Choices(unstated_operator="ordinary"))
    case = Case(UNKNOWN, policy)
    case.open()
    case.confirm(T0)
    case.state_impact(T0, outage_minutes=60, direct_loss_cny=20_000_000)
    assert case.due("cac-other") == T0 + 240 * MINUTE
    assert assessment(case, "cac").possible == "II", "shown all the same"


def test_unknown_persons_are_asked_for_and_never_counted_as_none() -> None:
    case = Case(UNKNOWN)
    case.open(tactics=("exfiltration",))
    assert "persons" in assessment(case).asked
    assert "persons" not in assessment(suspected()).asked


# --- tiers --------------------------------------------------------------------------------------


def test_the_regulator_fixes_the_tier_and_the_computed_one_stays_beside_it() -> None:
    case = confirmed(direct_loss_cny=60_000_000)
    fixing = {"regime": "miit", "tier": "II", "body": "mechanism", "reason": "cascade"}
    case.say(T0 + MINUTE, "fix_tier", **fixing)
    miit = assessment(case)
    assert (miit.tier, miit.fixed_tier, miit.standing) == ("III", "II", "II")
    assert (miit.fixed_by, miit.fixed_at) == ("mechanism: li", T0 + MINUTE)
    assert "数据安全机制于2026年03月02日23时51分认定为重大（Ⅱ级）" in miit.reason_zh
    assert case.current()["miit-up-phone"].due_at is not None


def test_more_harm_than_the_regulator_knew_of_rises_above_its_tier() -> None:
    case = confirmed(direct_loss_cny=4_000_000)
    case.say(T0, "fix_tier", regime="miit", tier="III", body="local_regulator")
    case.state_impact(T0 + MINUTE, direct_loss_cny=1_000_000_000)
    assert assessment(case).standing == "I"


def test_lowering_tier_one_or_two_needs_consent_stated() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    lower = {"regime": "miit", "tier": "III", "body": "local_regulator"}
    assert "needs the consent" in case.refused(T0, "fix_tier", **lower)
    case.say(T0 + MINUTE, "fix_tier", **lower, consent="mechanism")
    assert assessment(case).standing == "III"
    told = "由重大（Ⅱ级）下调，已于2026年03月02日23时51分经数据安全机制同意"
    assert told in assessment(case).reason_zh
    assert case.current()["miit-up-phone"].state == "withdrawn"
    case.state_impact(T0 + 2 * MINUTE, direct_loss_cny=1_000_000_000)
    assert "同意" not in assessment(case).reason_zh, "it is graver again than what was consented to"


def test_what_only_an_expert_said_needs_no_consent_to_be_lowered() -> None:
    case = confirmed(direct_loss_cny=60_000_000)
    case.say(T0, "override", regime="miit", tier="I", reason="cascade")
    assert assessment(case).standing == "I"
    case.say(T0 + MINUTE, "fix_tier", regime="miit", tier="III", body="local_regulator")
    assert assessment(case).standing == "III"


def test_what_the_regulator_fixed_stands_over_an_experts_tier() -> None:
    case = confirmed(direct_loss_cny=60_000_000)
    case.say(T0, "fix_tier", regime="miit", tier="III", body="local_regulator")
    case.say(T0 + MINUTE, "override", regime="miit", tier="I", reason="cascade")
    miit = assessment(case)
    assert (miit.override_tier, miit.fixed_tier, miit.standing) == ("I", "III", "III")
    assert "专家" not in case.current()["miit-report"].reason_zh


def test_of_incidents_that_join_the_decision_that_was_made_last_holds() -> None:
    case = confirmed(direct_loss_cny=60_000_000)
    lowly = {"regime": "miit", "tier": "III", "body": "local_regulator"}
    case.say(T0 + MINUTE, "override", regime="cac", tier="I", reason="cascade")
    case.say(T0 + 3 * MINUTE, "override", regime="cac", tier="", reason="it was not")
    case.say(T0 + 3 * MINUTE, "fix_tier", **lowly)
    case.say(T0 + 3 * MINUTE, "issue_warning", warning=notice("yellow", "local_regulator"))
    gone = msgspec.structs.replace(
        case.incident, status="superseded", superseded_by="b" * 32, revised_at=T0 + 4 * MINUTE
    )
    case.incident = msgspec.structs.replace(case.incident, incident_id="b" * 32)
    case.open()
    for verb, particulars in (
        ("override", {"regime": "cac", "tier": "II", "reason": "early"}),
        ("fix_tier", {**lowly, "tier": "IV"}),
        ("issue_warning", {"warning": notice("blue", "local_regulator")}),
    ):
        said = command(verb, T0 + 2 * MINUTE, incident_id="b" * 32, **particulars)
        case._obey(said, T0 + 2 * MINUTE)
    case.incident = gone
    case.open()
    miit, cac = (assessment(case, regime) for regime in ("miit", "cac"))
    assert {miit.incident_id, cac.incident_id} == {"b" * 32}
    assert (miit.fixed_tier, miit.issued_colour) == ("III", "yellow")
    assert (cac.override_tier, cac.override_by) == (None, "")


def test_the_tier_that_the_regulator_has_weighed_is_no_risk_above_its_own() -> None:
    case = Case()
    case.open(tactics=("exfiltration",))
    case.confirm(T0)
    case.state_impact(T0, direct_loss_cny=150_000_000)
    case.say(T0 + MINUTE, "fix_tier", regime="miit", tier="III", body="mechanism",
             consent="mechanism")  # fmt: skip
    gone = {duty for duty, one in case.current().items() if one.state == "withdrawn"}
    assert "miit-risk-up" not in set(case.current()) - gone
    case.state_impact(T0 + 2 * MINUTE, direct_loss_cny=1_000_000_000)
    assert case.current()["miit-up-phone"].state != "withdrawn", "more harm than was weighed"


def test_a_correction_without_consent_leaves_the_tier_standing_and_says_so() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    case.state_impact(T0 + MINUTE, direct_loss_cny=1)
    miit = assessment(case)
    assert (miit.tier, miit.standing) == ("IV", "II")
    assert "须经数据安全机制同意" in miit.reason_zh
    assert assessment(case, "cac").standing == "IV", "the CAC measures ask for no consent"


def test_a_correction_that_lowers_states_the_consent_that_it_has() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    case.report(T0, "miit-report")
    case.state_impact(T0 + MINUTE, consent="mechanism", direct_loss_cny=1)
    miit = assessment(case)
    assert (miit.tier, miit.standing) == ("IV", "IV")
    assert "Lowered from major (II) with the Mechanism's consent of" in miit.reason_en
    assert "写明数据安全机制同意" in case.current()["miit-correction"].reason_zh


# --- warnings -----------------------------------------------------------------------------------


def test_a_computed_colour_is_a_suggestion_until_a_body_issues_the_warning() -> None:
    case = suspected()
    suggested = assessment(case)
    assert (suggested.warning_state, suggested.issued_colour) == ("suggested", None)
    assert "建议预警等级：" in suggested.reason_zh
    assert "（未发布）" in suggested.reason_zh
    case.say(T0 + MINUTE, "issue_warning", warning=notice("yellow", "local_regulator"))
    issued = assessment(case)
    assert (issued.warning_state, issued.issued_colour) == ("issued", "yellow")
    case.say(T0 + 2 * MINUTE, "adjust_warning", warning=notice("blue", "local_regulator"))
    assert assessment(case).warning_state == "adjusted"
    case.say(T0 + 3 * MINUTE, "lift_warning", body="local_regulator")
    assert assessment(case).warning_state == "lifted"
    assert "蓝色预警已解除" in assessment(case).reason_zh


def red(**changes: Any) -> WarningNotice:
    return msgspec.structs.replace(notice("red", "mechanism"), **changes)


def test_each_red_warning_is_copied_to_the_national_office() -> None:
    case = suspected()
    assert "miit-warning-copy" not in case.current()
    case.say(T0, "issue_warning", warning=red(), consent="leading_group")
    first = case.current()["miit-warning-copy"]
    assert (first.state, first.starts_at, first.due_at) == ("due_soon", T0, None)
    assert (first.sender_en, first.form) == ("MIIT Data Security Mechanism", "miit-warning")
    assert first.recipient_zh == "国家数据安全工作协调机制办公室"
    case.report(T0 + MINUTE, "miit-warning-copy")
    assert case.current()["miit-warning-copy"].state == "done"
    changed = red(measures="全部断网")
    case.say(T0 + 2 * MINUTE, "adjust_warning", warning=changed, consent="leading_group")
    again = case.open_duty("miit-warning-copy")
    assert again.obligation_id != first.obligation_id
    case.say(T0 + 3 * MINUTE, "lift_warning", body="mechanism")
    assert case.open_duty("miit-warning-copy").state == "due_soon", "what was issued is copied"


def test_no_warning_of_another_colour_is_copied() -> None:
    case = suspected()
    orange = notice("orange", "mechanism")
    case.say(T0, "issue_warning", warning=orange, consent="leading_group")
    assert "miit-warning-copy" not in case.current()
    case.say(T0 + MINUTE, "adjust_warning", warning=red(), consent="leading_group")
    case.say(T0 + 2 * MINUTE, "adjust_warning", warning=orange, consent="leading_group")
    assert case.current()["miit-warning-copy"].state == "due_soon", "it was red once"


def test_the_copy_that_is_owed_goes_on_where_incidents_join() -> None:
    case = suspected()
    case.say(T0, "issue_warning", warning=red(), consent="leading_group")
    gone = msgspec.structs.replace(
        case.incident, status="superseded", superseded_by="b" * 32, revised_at=T0 + MINUTE
    )
    case.incident = msgspec.structs.replace(case.incident, incident_id="b" * 32)
    case.open()
    case.incident = gone
    case.open()
    copies = [row for row in case.rows if getattr(row, "duty", "") == "miit-warning-copy"]
    assert [(one.incident_id[0], one.state) for one in copies[-2:]] == [
        ("a", "withdrawn"),
        ("b", "due_soon"),
    ]


REFUSED_WARNINGS = [
    ("issue_warning", {}, "eight fields"),
    ("issue_warning", {"warning": notice("red", "local_regulator")}, "issued by 'mechanism'"),
    ("issue_warning", {"warning": notice("orange", "mechanism")}, "needs consent"),
    ("issue_warning", {"warning": notice("blue", "mechanism")}, "issued by 'local_regulator'"),
    ("adjust_warning", {"warning": notice("blue", "local_regulator")}, "none is in force"),
    ("lift_warning", {"body": "mechanism"}, "none is in force"),
]


@pytest.mark.parametrize(("verb", "particulars", "why"), REFUSED_WARNINGS)
def test_a_warning_is_issued_by_the_body_that_the_plan_names(
    verb: Any, particulars: Any, why: str
) -> None:
    assert why in suspected().refused(T0, verb, **particulars)


def test_every_colour_and_tier_has_its_body() -> None:
    assert set(ISSUERS) == {"red", "orange", "yellow", "blue"}
    assert set(ENDED_BY) == {"I", "II", "III", "IV", None}


# --- the end, and what follows a report -----------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "body", "other"),
    [
        (1_000_000_000, "leading_group", "mechanism"),
        (100_000_000, "mechanism", "local_regulator"),
        (50_000_000, "local_regulator", "processor"),
        (1, "processor", "mechanism"),
    ],
)
def test_the_response_is_ended_by_the_body_of_its_level(loss: int, body: str, other: str) -> None:
    case = confirmed(direct_loss_cny=loss)
    assert "is ended by one of" in case.refused(T0, "end_response", body=other)
    case.end_response(T0 + MINUTE, body)
    assert case.state.records["a" * 32].response_ended_at == T0 + MINUTE


def test_a_graver_tier_than_the_reported_one_asks_for_a_further_report_each_time() -> None:
    case = confirmed(direct_loss_cny=50_000_000)
    case.report(T0 + MINUTE, "miit-report")
    assert "miit-further" not in case.current()
    case.state_impact(T0 + 2 * MINUTE, direct_loss_cny=100_000_000)
    first = case.current()["miit-further"]
    assert (first.state, first.starts_at) == ("due_soon", T0 + 2 * MINUTE)
    case.report(T0 + 3 * MINUTE, "miit-further")
    case.state_impact(T0 + 4 * MINUTE, direct_loss_cny=1_000_000_000)
    second = case.open_duty("miit-further")
    assert second.obligation_id != first.obligation_id
    assert second.state == "due_soon"


def test_a_lesser_tier_than_the_reported_one_asks_for_a_correction() -> None:
    case = confirmed(direct_loss_cny=20_000_000)
    case.report(T0 + MINUTE, "cac-other")
    assert case.current()["cac-other-developments"].state
    case.state_impact(T0 + 2 * MINUTE, direct_loss_cny=1_000)
    assert assessment(case, "cac").tier == "IV"
    assert case.current()["cac-other-correction"].state == "pending"


def test_what_was_late_stays_marked_as_overdue_when_done_or_withdrawn() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    case.wait(T0 + 11 * MINUTE)
    assert case.current()["miit-up-phone"].overdue
    case.report(T0 + 12 * MINUTE, "miit-up-phone")
    done = case.current()["miit-up-phone"]
    assert (done.state, done.overdue) == ("done", True)
    case.wait(T0 + 31 * MINUTE)
    case.state_impact(T0 + 32 * MINUTE, consent="mechanism", direct_loss_cny=1)
    gone = case.current()["miit-up-written"]
    assert (gone.state, gone.overdue) == ("withdrawn", True)


# --- laws without tiers ---------------------------------------------------------------------------


def test_telecom_enterprises_also_phone_two_bodies_at_once() -> None:
    telecom = msgspec.structs.replace(FACTORY, field="telecom")
    current = confirmed(telecom, persons=100_000).current()
    phoned = {one.recipient_zh for one in current.values() if one.regime == "public_internet"}
    assert phoned == {"工业和信息化部网络安全应急办公室", "浙江省通信管理局"}
    assert not [one for one in confirmed(telecom, persons=99_999).current() if "internet" in one]


# §4.2 of that plan: what may become major is told before it has occurred.
def test_telecom_enterprises_tell_at_once_what_may_become_major() -> None:
    telecom = msgspec.structs.replace(FACTORY, field="telecom")
    for persons, asked in ((10_000_000, True), (9_999_999, False)):
        case = suspected(telecom)
        case.state_impact(T0, persons=persons)
        assert ("internet-risk" in case.current()) == asked
        if asked:
            risk = case.current()["internet-risk"]
            assert (risk.state, risk.confidence) == ("due_soon", "secondary")
            assert risk.recipient_zh == "工业和信息化部网络安全应急办公室"


def test_persons_need_not_be_told_where_measures_avert_the_harm() -> None:
    told = confirmed(persons=1).current()["pipl-persons"]
    assert "措施能够有效避免危害的，可以不通知个人" in told.limit_zh
    assert "avert" not in confirmed(persons=1).current()["pipl-authority"].limit_en


STATUTES = [
    ({"persons": 1}, {"pipl-authority", "pipl-persons", "network-data-persons"}),
    ({"product_flaw": "flaw"}, {"vulnerability-platform"}),
    ({"product_flaw": "public_interest"}, {"vulnerability-platform", "network-data-flaw"}),
    (
        {"suspected_crime": "yes"},
        {"network-data-crime-police", "network-data-crime-state-security"},
    ),
    ({"suspected_crime": "no", "persons": 0}, set()),
]


@pytest.mark.parametrize(("facts", "duties"), STATUTES)
def test_statutes_ask_whatever_the_tier(facts: Any, duties: set[str]) -> None:
    current = confirmed(**facts).current()
    assert {key for key, one in current.items() if one.regime == "statute"} == duties


def test_flaws_are_told_within_a_day_and_two_days() -> None:
    case = confirmed(product_flaw="public_interest")
    assert case.due("network-data-flaw") == T0 + DAY
    assert case.due("vulnerability-platform") == T0 + 2 * DAY + 10 * MINUTE - 1_000_000
    assert case.current()["vulnerability-platform"].confidence == "secondary"


def test_a_leak_that_may_occur_is_told_too() -> None:
    case = suspected()
    case.state_impact(T0, persons=1)
    assert case.current()["pipl-persons"].state == "due_soon"
