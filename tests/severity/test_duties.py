"""Duties of each regime and kind of operator, against timelines worked by hand."""

from typing import Any

import msgspec
import pytest

from pipeline.commands.gate import content_refusal
from pipeline.severity.obligation_table import DUTIES
from pipeline.severity.policy import Choices, ClockStart, DutyChange, SeverityPolicy
from pipeline.severity.refusals import refusal_of
from pipeline.severity.state import SeverityState
from pipeline.severity.step import assess, expire, handle_command
from schemas.assessment import Obligation
from schemas.command import Command, Impact, Verb
from schemas.moments import DAY, MINUTE, SECOND, Moment
from schemas.registry import Enterprise
from tests.severity.builders import FACTORY, at, clock, command, context, incident

POLICY = SeverityPolicy()
T0 = at("2026-03-02 23:50")  # a Monday night: the short limits fall on Tuesday


class Case:
    """One incident as an analyst works on it: calls the step and keeps what is current."""

    def __init__(self, enterprise: Enterprise = FACTORY, policy: SeverityPolicy = POLICY) -> None:
        self.state = SeverityState()
        self.policy = policy
        self.context = context(enterprise)
        self.incident = incident(T0)
        self.rows: list[Any] = []

    def open(self, **changes: Any) -> None:
        self.incident = msgspec.structs.replace(self.incident, **changes)
        self.rows += assess(
            self.policy, self.state, [self.incident], clock(self.incident.revised_at), self.context
        )

    def confirm(self, now: Moment) -> None:
        self.incident = msgspec.structs.replace(self.incident, confirmed=True)
        self._obey(command("confirm", now), now)

    def state_impact(self, now: Moment, consent: Any = "", **facts: Any) -> None:
        self.say(now, "impact", impact=Impact(**facts), consent=consent)

    def end_response(self, now: Moment, body: str) -> None:
        self.say(now, "end_response", body=body)

    def say(self, now: Moment, verb: Verb, **particulars: Any) -> None:
        said = command(verb, now, **particulars)
        assert self._refusal(said) == ""
        self._obey(said, now)

    def refused(self, now: Moment, verb: Verb, **particulars: Any) -> str:
        return self._refusal(command(verb, now, **particulars))

    def _refusal(self, said: Command) -> str:
        """As the gate asks, but for the incident's status."""
        return content_refusal(said) or refusal_of(self.state, said)

    def report(self, now: Moment, duty: str) -> None:
        obligation_id = self.current()[duty].obligation_id
        self._obey(command("reported", now, obligation_id=obligation_id), now)

    def end(self, now: Moment, verdict: str = "true_positive") -> None:
        self.incident = msgspec.structs.replace(
            self.incident, status="resolved", verdict=verdict, revised_at=now
        )
        self._obey(command("resolve", now, verdict=verdict), now)

    def wait(self, now: Moment) -> None:
        self.rows += expire(self.policy, self.state, clock(now))

    def _obey(self, said: Any, now: Moment) -> None:
        self.rows += handle_command(
            self.policy, self.state, said, self.incident, clock(now), self.context
        )

    def current(self) -> dict[str, Obligation]:
        found = [row for row in self.rows if isinstance(row, Obligation)]
        return {row.duty: row for row in sorted(found, key=lambda row: row.revision)}

    def open_duty(self, duty: str) -> Obligation:
        """The latest of a duty that recurs."""
        return [row for row in self.rows if isinstance(row, Obligation) and row.duty == duty][-1]

    def due(self, duty: str) -> Moment | None:
        return self.current()[duty].due_at


def confirmed(enterprise: Enterprise = FACTORY, **facts: Any) -> Case:
    case = Case(enterprise)
    case.open()
    case.confirm(T0)
    case.state_impact(T0, **facts)
    return case


# T0 23:50 ── 00:00 phone ── 00:10 group phone ── 00:20 written ── 00:30 group written ── 03:50 CAC
def test_tier_two_at_an_ordinary_operator() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    current = case.current()
    assert set(current) == {
        "miit-report",
        "miit-up-phone",
        "miit-up-written",
        "miit-group-phone",
        "miit-group-written",
        "miit-national",
        "miit-ended-ii",
        "miit-summary",
        "miit-summary-up",
        "cac-other",
        "cac-other-up",
        "cac-other-peers",
        "cac-other-closing",
    }
    assert case.due("miit-report") is None
    assert current["miit-report"].state == "due_soon"
    assert case.due("miit-up-phone") == at("2026-03-03 00:00")
    assert case.due("miit-up-written") == at("2026-03-03 00:20")
    assert case.due("miit-group-phone") == at("2026-03-03 00:10")
    assert case.due("miit-group-written") == at("2026-03-03 00:30")
    assert case.due("cac-other") == at("2026-03-03 03:50")
    assert case.due("cac-other-up") == at("2026-03-03 04:50")
    assert case.due("miit-summary") is None
    assert current["miit-summary"].state == "pending"


def test_the_ten_minutes_bind_the_regulator_not_the_enterprise() -> None:
    phone = confirmed(direct_loss_cny=150_000_000).current()["miit-up-phone"]
    assert phone.sender_zh == "浙江省工业和信息化主管部门"
    assert phone.recipient_zh == "工业和信息化领域数据安全工作机制"
    assert (phone.channel, phone.article) == ("phone", "工信部网安〔2024〕214号第4.2节")
    assert phone.article_en == "MIIT 2024/214 §4.2"


KINDS_OF_OPERATOR = [
    ({"critical_infrastructure": True}, "cac-cii-protection", 60, "cac-cii-up", 30),
    ({"critical_infrastructure": True}, "cac-cii-protection", 60, "cac-cii-up-mps", 30),
    ({"central_organ": True}, "cac-organ", 120, "cac-organ-up", 60),
    ({}, "cac-other", 240, "cac-other-up", 60),
    (
        {"critical_infrastructure": True, "central_organ": True},
        "cac-cii-protection",
        60,
        "cac-cii-up",
        30,
    ),
]


@pytest.mark.parametrize(("kind", "first", "minutes", "escalation", "more"), KINDS_OF_OPERATOR)
def test_cac_limits_by_kind_of_operator(
    kind: dict[str, bool], first: str, minutes: int, escalation: str, more: int
) -> None:
    case = confirmed(msgspec.structs.replace(FACTORY, **kind), direct_loss_cny=20_000_000)
    assert case.due(first) == T0 + minutes * MINUTE
    assert case.due(escalation) == T0 + (minutes + more) * MINUTE
    case.report(T0 + 5 * MINUTE, first)
    assert case.due(escalation) == T0 + (5 + more) * MINUTE, "from receipt once there is one"


def test_critical_infrastructure_tells_the_police_too() -> None:
    enterprise = msgspec.structs.replace(FACTORY, critical_infrastructure=True)
    case = confirmed(enterprise, direct_loss_cny=20_000_000)
    assert case.due("cac-cii-police") == T0 + 60 * MINUTE


def test_tier_three_has_its_own_duties() -> None:
    duties = set(confirmed(direct_loss_cny=50_000_000).current())
    assert {"miit-report", "miit-up-iii", "miit-regions-iii"} <= duties
    assert not duties & {"miit-up-phone", "miit-summary", "miit-national"}
    assert "cac-other-up" in duties, "50 million yuan are CAC II"


def test_tier_four_is_not_reportable() -> None:
    assert confirmed(direct_loss_cny=4_999_999).current() == {}


def test_important_data_is_reported_whatever_the_tier() -> None:
    case = confirmed(data_class="important")
    duties = {"miit-graded-data", "miit-graded-data-up", "miit-graded-data-summary"}
    assert set(case.current()) == duties, "a summary too"
    assert case.current()["miit-graded-data"].article_en == "MIIT 2022/166 Art. 28"
    case.report(T0 + MINUTE, "miit-graded-data")
    assert set(case.current()) == {*duties, "miit-progress"}, "then its progress"


def test_a_suspected_incident_asks_for_risk_reports_only() -> None:
    case = Case(msgspec.structs.replace(FACTORY, data_classes=("core",)))
    case.open(tactics=("collection", "exfiltration"))
    assert set(case.current()) == {"miit-risk", "miit-risk-up"}
    case.confirm(T0 + MINUTE)
    assert {one.state for one in case.current().values()} == {"due_soon"}, "the risk remains"
    case.state_impact(T0 + 2 * MINUTE, direct_loss_cny=100_000_000)
    assert case.current()["miit-risk"].state == "withdrawn"
    assert "takes its place" in case.current()["miit-risk"].reason_en


# due 00:00: due_soon at 23:55 (half of ten minutes), late just after midnight
def test_a_duty_turns_at_its_own_moment_however_late_one_looks() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    case.wait(T0 + 9 * MINUTE)
    case.wait(T0 + 500 * MINUTE)
    turns = [
        (row.state, row.revised_at)
        for row in case.rows
        if isinstance(row, Obligation) and row.duty == "miit-up-phone"
    ]
    assert turns == [
        ("pending", T0),
        ("due_soon", T0 + 5 * MINUTE),
        ("late", T0 + 10 * MINUTE + 1),
    ]


def test_on_time_means_up_to_the_deadline_itself() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    case.wait(T0 + 10 * MINUTE)
    assert case.current()["miit-up-phone"].state == "due_soon"
    case.report(T0 + 10 * MINUTE, "miit-up-phone")
    done = case.current()["miit-up-phone"]
    assert (done.state, done.done_at) == ("done", T0 + 10 * MINUTE)
    assert "late" not in done.reason_en


# Each clock with a figure, as its instrument gives it: what is stated, whose clock, how long.
CII, ORGAN = {"critical_infrastructure": True}, {"central_organ": True}
MAJOR_LOSS = {"direct_loss_cny": 150_000_000}
CLOCKS: list[tuple[str, dict[str, bool], dict[str, Any], int]] = [
    ("miit-up-phone", {}, MAJOR_LOSS, 10),  # plan 4.2
    ("miit-up-written", {}, MAJOR_LOSS, 30),  # plan 4.2
    ("miit-group-phone", {}, MAJOR_LOSS, 20),  # plan 4.4.1, 4.4.2
    ("miit-group-written", {}, MAJOR_LOSS, 40),  # plan 4.4.1, 4.4.2
    ("cac-cii-protection", CII, MAJOR_LOSS, 60),  # Art. 4(1)
    ("cac-cii-police", CII, MAJOR_LOSS, 60),  # Art. 4(1)
    ("cac-cii-up", CII, MAJOR_LOSS, 60 + 30),  # Art. 4(1), from the last moment of the first
    ("cac-cii-up-mps", CII, MAJOR_LOSS, 60 + 30),  # Art. 4(1)
    ("cac-organ", ORGAN, MAJOR_LOSS, 120),  # Art. 4(2)
    ("cac-organ-up", ORGAN, MAJOR_LOSS, 120 + 60),  # Art. 4(2)
    ("cac-other", {}, MAJOR_LOSS, 240),  # Art. 4(3)
    ("cac-other-up", {}, MAJOR_LOSS, 240 + 60),  # Art. 4(3)
    ("cac-other-peers", {}, MAJOR_LOSS, 240 + 60),  # Art. 4(3): 并同时
    ("network-data-flaw", {}, {"product_flaw": "public_interest"}, 24 * 60),  # Regulations 10
]


@pytest.mark.parametrize(("duty", "kind", "facts", "minutes"), CLOCKS, ids=str)
def test_every_clock_is_in_time_at_its_last_moment_and_late_right_after(
    duty: str, kind: dict[str, bool], facts: dict[str, Any], minutes: int
) -> None:
    case = confirmed(msgspec.structs.replace(FACTORY, **kind), **facts)
    due = T0 + minutes * MINUTE
    assert case.due(duty) == due
    case.wait(due - 1)
    assert (case.current()[duty].state, case.current()[duty].overdue) == ("due_soon", False)
    case.wait(due)
    assert (case.current()[duty].state, case.current()[duty].overdue) == ("due_soon", False)
    case.wait(due + 1)
    assert (case.current()[duty].state, case.current()[duty].overdue) == ("late", True)


def test_every_limit_in_minutes_is_among_the_clocks() -> None:
    assert {duty.key for duty in DUTIES if duty.limit_minutes is not None} == {
        duty for duty, *_ in CLOCKS
    }


def test_what_is_told_timely_is_never_urgent_and_never_late() -> None:
    case = confirmed(direct_loss_cny=20_000_000, suspected_crime="yes")
    crime = case.current()["cac-crime"]
    assert (crime.state, crime.due_at, crime.limit_zh[-9:]) == (
        "pending",
        None,
        "及时向公安机关报案",
    )
    case.wait(T0 + 400 * DAY)
    assert case.current()["cac-crime"].state == "pending"


def test_a_late_report_is_done_and_says_that_it_was_late() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    case.report(T0 + 11 * MINUTE, "miit-up-phone")
    done = case.current()["miit-up-phone"]
    assert done.state == "done"
    assert done.reason_en.endswith(", late")


def test_summaries_count_from_the_end_of_handling() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    case.end(at("2026-09-30 17:00"))
    assert case.due("miit-summary") is None, "resolved is not the end of the response"
    assert "has not been declared ended" in case.current()["miit-summary"].reason_en
    case.end_response(at("2026-09-30 17:00"), "mechanism")
    assert case.due("miit-summary") == at("2026-10-13 23:59:59")
    assert case.due("miit-summary-up") == at("2026-10-20 23:59:59")
    assert case.due("cac-other-closing") == at("2026-10-30 23:59:59")


@pytest.mark.parametrize(
    ("loss", "duty", "body", "told"),
    [
        (150_000_000, "miit-ended-ii", "mechanism", "工业和信息化部网络安全和信息化领导小组"),
        (50_000_000, "miit-ended-iii", "local_regulator", "工业和信息化领域数据安全工作机制"),
    ],
)
def test_the_body_that_ends_a_response_tells_the_one_above_it(
    loss: int, duty: str, body: str, told: str
) -> None:
    case = confirmed(direct_loss_cny=loss)
    before = case.current()[duty]
    assert (before.recipient_zh, before.state) == (told, "pending")
    assert "has not been declared ended" in before.reason_en
    case.end_response(at("2026-09-30 17:00"), body)
    after = case.current()[duty]
    assert after.due_at is None, "the plan gives no figure"
    assert "has not been declared ended" not in after.reason_en


def test_a_deadline_beyond_the_calendar_is_marked_unconfirmed() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    case.end_response(at("2026-12-30 12:00"), "mechanism")
    summary = case.current()["miit-summary"]
    assert summary.unconfirmed
    assert "beyond the published calendar" in summary.reason_en


def test_a_lower_tier_by_correction_withdraws_with_the_reason() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    case.state_impact(T0 + 8 * MINUTE, direct_loss_cny=60_000_000)
    assert case.current()["miit-up-phone"].state == "due_soon", "without consent II stands"
    case.state_impact(T0 + 9 * MINUTE, consent="mechanism", direct_loss_cny=60_000_000)
    gone = case.current()["miit-up-phone"]
    assert gone.state == "withdrawn"
    assert "the tier is now relatively major (III)" in gone.reason_en
    assert case.current()["miit-up-iii"].state == "pending"


def test_what_was_withdrawn_revives_with_its_reason() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    case.state_impact(T0 + MINUTE, consent="mechanism", direct_loss_cny=60_000_000)
    case.state_impact(T0 + 2 * MINUTE, direct_loss_cny=100_000_000)
    phone = case.current()["miit-up-phone"]
    assert (phone.state, phone.revision) == ("pending", 3)


def test_a_false_alarm_withdraws_everything_not_done() -> None:
    case = confirmed(direct_loss_cny=150_000_000)
    case.report(T0 + MINUTE, "miit-up-phone")
    case.end(T0 + 5 * MINUTE, verdict="false_positive")
    states = {duty: one.state for duty, one in case.current().items()}
    assert states.pop("miit-up-phone") == "done"
    assert set(states.values()) == {"withdrawn"}


def test_an_expert_may_raise_duties_and_never_withdraw_them() -> None:
    case = confirmed(direct_loss_cny=60_000_000)
    case._obey(command("override", T0, regime="miit", tier="I", reason="cascade"), T0 + SECOND)
    assert "miit-up-phone" in case.current()
    case._obey(command("override", T0, regime="miit", tier="IV", reason="small"), T0 + 2 * SECOND)
    assert case.current()["miit-report"].state == "due_soon"


def test_limits_may_run_from_the_judgement_by_choice() -> None:
    case = _judged_late(ClockStart())
    assert case.due("miit-up-phone") == T0 + 100 * MINUTE
    case.state_impact(T0 + 95 * MINUTE, direct_loss_cny=1_000_000_000)
    assert case.due("miit-up-phone") == T0 + 100 * MINUTE, "a graver tier restarts no clock"


def _judged_late(clock_start: ClockStart) -> Case:
    """Discovered at T0, confirmed an hour later, its loss stated after an hour and a half."""
    case = Case(policy=SeverityPolicy(choices=Choices(clock_start=clock_start)))
    case.open()
    case.confirm(T0 + 60 * MINUTE)
    case.state_impact(T0 + 90 * MINUTE, direct_loss_cny=150_000_000)
    return case


READINGS = [
    ({}, "cac-other", 240),
    ({"enterprise": "confirmation"}, "cac-other", 60 + 240),
    ({}, "miit-up-phone", 90 + 10),
    ({"regulator": "discovery"}, "miit-up-phone", 10),
    ({}, "miit-group-phone", 90 + 20),
    ({"mechanism": "discovery"}, "miit-group-phone", 20),
    ({"mechanism": "receipt"}, "miit-group-phone", 90 + 10 + 20),
]


@pytest.mark.parametrize(("reading", "duty", "minutes"), READINGS)
def test_each_actor_has_a_clock_of_its_own(reading: Any, duty: str, minutes: int) -> None:
    assert _judged_late(ClockStart(**reading)).due(duty) == T0 + minutes * MINUTE


def test_the_mechanism_may_count_from_the_report_it_received() -> None:
    case = _judged_late(ClockStart(mechanism="receipt"))
    case.report(T0 + 93 * MINUTE, "miit-up-phone")
    assert case.due("miit-group-written") == T0 + (93 + 40) * MINUTE


def test_a_province_may_set_its_own_limit() -> None:
    change = DutyChange(
        duty="cac-other", limit_minutes=120, province="330000", reason="provincial plan"
    )
    case = Case(policy=SeverityPolicy(duty_changes=(change,)))
    case.open()
    case.confirm(T0)
    case.state_impact(T0, direct_loss_cny=5_000_000)
    assert case.due("cac-other") == T0 + 120 * MINUTE
    assert "provincial plan" in case.current()["cac-other"].limit_en


REGULATORS = [
    ({}, "浙江省工业和信息化主管部门"),
    ({"field": "telecom"}, "浙江省通信管理局"),
    ({"field": "radio"}, "浙江省无线电管理机构"),
    ({"city": "330200"}, "宁波市工业和信息化主管部门"),
    ({"city": "330200", "field": "telecom"}, "浙江省通信管理局"),
    ({"province": "650000", "xpcc": True}, "新疆生产建设兵团工业和信息化主管部门"),
    (
        {"province": "650000", "xpcc": True, "field": "radio"},
        "新疆维吾尔自治区无线电管理机构",
    ),
]


@pytest.mark.parametrize(("where", "regulator"), REGULATORS)
def test_the_regulator_follows_field_and_place(where: dict[str, Any], regulator: str) -> None:
    enterprise = msgspec.structs.replace(FACTORY, **where)
    report = confirmed(enterprise, direct_loss_cny=50_000_000).current()["miit-report"]
    assert report.recipient_zh == regulator


def test_a_drill_is_marked_and_creates_no_real_obligation() -> None:
    case = Case()
    case.open(drill="autumn")
    case.confirm(T0)
    case.state_impact(T0, direct_loss_cny=150_000_000)
    assert case.current()
    for one in case.current().values():
        assert one.drill == "autumn"
        assert one.reason_en.startswith("drill, no real obligation")


def test_before_the_measures_were_in_force_they_ask_for_nothing() -> None:
    case = Case()
    old = at("2025-10-31 23:59:59")
    case.open(opened_at=old, revised_at=old)
    case.confirm(old)
    case.state_impact(old, direct_loss_cny=150_000_000)
    assert {one.regime for one in case.current().values()} == {"miit"}
