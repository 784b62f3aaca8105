"""One gate for commands: each is done once, and the second time answered as the first."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.path import Engine
from pipeline.state import EnterpriseState, decode_state, encode_state, enterprise_state
from schemas.assessment import Assessment, Obligation, WarningNotice
from schemas.batch import DeadLetter, Record
from schemas.command import Attachment, CommandOutcome, Impact, Part, Particulars, Verb
from schemas.decision import Decision
from schemas.detection import Entity
from schemas.incident import Incident
from schemas.late_finding import LateDetection, LateFinding
from schemas.moments import DAY, SECOND
from tests.engine.builders import (
    START,
    apply,
    batch,
    command,
    make_engine,
    shadow_copies,
    signed_again,
)

ENGINE: Engine = make_engine()
GRAVE, SLIGHT = Impact(direct_loss_cny=150_000_000), Impact(direct_loss_cny=20_000_000)
NOTICE = WarningNotice(
    colour="yellow",
    starts_at=START,
    scope_and_harm="one province",
    matters="ransomware",
    measures="isolate",
    handle_by=START + DAY,
    distribution="the enterprises named",
    issued_by="local_regulator",
)
LATE = LateFinding(
    investigation="march",
    detections=(
        LateDetection(
            detection_id="0" * 32,
            revision=1,
            kind="rule",
            rule_id="new",
            title="New",
            level="high",
            time=START + SECOND,
            first_time=START + SECOND,
            last_time=START + SECOND,
            event_ids=("1" * 32,),
            event_count=1,
            entities=(Entity("host", "ws-1"),),
        ),
    ),
)
SAYINGS: tuple[tuple[Verb, dict[str, object]], ...] = (
    ("start", {}),
    ("confirm", {}),
    ("impact", {"impact": GRAVE}),
    ("impact", {"impact": SLIGHT}),
    ("override", {"regime": "cac", "tier": "I", "reason": "supply chain"}),
    ("override", {"regime": "cac", "tier": "", "reason": "a mistake"}),
    ("override", {"regime": "eu", "tier": "I", "reason": "no such regime"}),
    ("resolve", {}),
    ("close", {"verdict": "false_positive"}),
    ("reopen", {}),
    ("hold", {}),
    ("reported", {"obligation_id": "nobody's"}),
    ("describe", {"particulars": Particulars(cause="VPN")}),
    ("describe", {}),
    ("fix_tier", {"regime": "miit", "tier": "II", "body": "mechanism"}),
    ("fix_tier", {"regime": "miit", "tier": "IV", "body": "local_regulator"}),
    ("issue_warning", {"warning": NOTICE}),
    ("adjust_warning", {"warning": NOTICE}),
    ("lift_warning", {"body": "local_regulator"}),
    ("end_response", {"body": "mechanism"}),
    ("assign", {"assignee": "wang"}),
    ("note", {"reason": "seen"}),
    ("add_task", {"reason": "look"}),
    ("end_task", {"task_id": "nobody's"}),
    ("attach", {"attachment": Attachment(name="a", sha256="0" * 64, size=1)}),
    ("merge", {"other_id": "nobody's"}),
    ("split", {"part": Part(kind="host", value="nobody's")}),
    ("add_late_finding", {"reason": "a new rule", "finding": LATE}),
)


def opened() -> tuple[EnterpriseState, str]:
    state = EnterpriseState()
    ENGINE.process(state, batch([shadow_copies(0)]))
    return state, next(iter(state.incidents.cases))


def said(number: int, incident_id: str) -> Record:
    verb, particulars = SAYINGS[number % len(SAYINGS)]
    return command(verb, incident_id, 100 + number, **particulars)


def current(decisions: list[Decision]) -> dict[object, object]:
    """What the store shows: the last row of each thing."""
    rows: dict[object, object] = {}
    for one in decisions:
        match one:
            case CommandOutcome():
                rows["command", one.command.command_id] = one
            case Incident():
                rows["incident", one.incident_id] = one
            case Assessment():
                rows["assessment", one.regime] = one
            case Obligation():
                rows["obligation", one.obligation_id] = one
    return rows


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 2 * len(SAYINGS) - 1), unique=True, max_size=10),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=6),
)
def test_commands_said_again_anywhere_change_nothing(
    numbers: list[int], repeats: list[tuple[int, int]]
) -> None:
    state, incident_id = opened()
    plain: list[Decision] = []
    for number in numbers:
        plain += apply(ENGINE, state, said(number, incident_id))
    again, _ = opened()
    order = list(numbers)
    for which, after in repeats:
        if numbers:
            number = numbers[which % len(numbers)]
            order.insert(max(order.index(number) + 1, after), number)
    repeated: list[Decision] = []
    for number in order:
        repeated += apply(ENGINE, again, said(number, incident_id))
        again = enterprise_state(decode_state("E1", encode_state(again)))
    assert current(repeated) == current(plain)
    assert again == state


def test_a_statement_said_again_does_not_take_the_place_of_a_later_one() -> None:
    state, incident_id = opened()
    apply(ENGINE, state, command("confirm", incident_id, 100))
    grave = command("impact", incident_id, 101, impact=SLIGHT)
    apply(ENGINE, state, grave)
    later = apply(ENGINE, state, command("impact", incident_id, 102, impact=GRAVE))
    tiers = {one.regime: one.tier for one in later if isinstance(one, Assessment)}
    (outcome,) = apply(ENGINE, state, grave)
    assert isinstance(outcome, CommandOutcome)
    assert outcome.accepted
    assert outcome.received_at == START + 101 * SECOND
    judged = state.severity.records[incident_id].judged
    assert {regime: one.tier for regime, one in judged.items()} == tiers


def test_what_was_refused_is_not_done_when_it_comes_again() -> None:
    state, incident_id = opened()
    reopening = command("reopen", incident_id, 100)
    (refused,) = apply(ENGINE, state, reopening)
    apply(ENGINE, state, command("close", incident_id, 101))
    assert apply(ENGINE, state, reopening) == [refused]
    assert state.incidents.cases[incident_id].status == "closed"


def test_what_came_before_its_incident_is_known_when_it_comes_again() -> None:
    _, incident_id = opened()
    state = EnterpriseState()
    early = command("start", incident_id, 100)
    (refused,) = apply(ENGINE, state, early)
    ENGINE.process(state, batch([shadow_copies(0)]))
    assert apply(ENGINE, state, early) == [refused]


def test_an_id_that_was_another_commands_is_a_dead_letter_and_the_first_stays() -> None:
    state, incident_id = opened()
    apply(ENGINE, state, command("start", incident_id, 100))
    letter, _ = apply(ENGINE, state, command("hold", incident_id, 100))
    assert isinstance(letter, DeadLetter)
    assert letter.reason == "command_id_reused"
    assert state.incidents.cases[incident_id].status == "in_progress"


@pytest.mark.parametrize(
    "moment", [-1, 0, START + 100 * SECOND + 601 * SECOND, 2**62, 2**63, 2**70]
)
def test_a_command_of_an_impossible_moment_is_refused_by_name(moment: int) -> None:
    state, incident_id = opened()
    record = command("start", incident_id, 100)
    value = record.value.replace(b'"said_at":%d' % (START + 100 * SECOND), b'"said_at":%d' % moment)
    letter, _ = apply(ENGINE, state, signed_again(_with(record, value=value)))
    assert isinstance(letter, DeadLetter)
    assert letter.reason == "command_time_out_of_range"
    assert state.incidents.cases[incident_id].status == "new"


@pytest.mark.parametrize(
    "changes",
    [
        {"value": b"x" * 70_000},
        {"value": b"\xff"},
    ],
)
def test_a_command_that_cannot_be_one_is_refused_by_name(changes: dict[str, object]) -> None:
    state, incident_id = opened()
    record = signed_again(_with(command("start", incident_id, 100), **changes))
    letter, _ = apply(ENGINE, state, record)
    assert isinstance(letter, DeadLetter)
    assert letter.reason == "command_malformed"


@pytest.mark.parametrize(
    ("verb", "content", "refusal"),
    [
        ("close", {"verdict": "nonsense"}, "unknown verdict nonsense; one of: true_positive"),
        ("start", {"verdict": "benign"}, "a verdict goes with resolve or close"),
        ("impact", {}, "impact states no facts"),
        ("impact", {"impact": Impact(said_by="li")}, "impact states no facts"),
        ("reported", {}, "reported names no obligation"),
        ("reported", {"obligation_id": "nope"}, "no open obligation"),
        ("override", {"tier": "II", "reason": "x"}, "unknown regime (none); one of: miit, cac"),
        ("override", {"regime": "cac", "tier": "V", "reason": "x"}, "unknown tier V"),
        ("override", {"regime": "cac", "tier": "I"}, "override needs a `reason`"),
        ("override", {"regime": "cac", "tier": "", "reason": "x"}, "none can be lifted"),
        (
            "override",
            {"regime": "public_internet", "tier": "I", "reason": "x"},
            "not judged by public_internet, but by miit, cac",
        ),
        (
            "fix_tier",
            {"regime": "public_internet", "tier": "I", "body": "mechanism"},
            "not judged by public_internet, but by miit, cac",
        ),
        ("describe", {}, "describe states nothing"),
        ("describe", {"particulars": Particulars()}, "describe states nothing"),
        ("fix_tier", {"tier": "II", "body": "mechanism"}, "unknown regime (none); one of: miit"),
        ("fix_tier", {"regime": "miit", "body": "mechanism"}, "unknown tier (none)"),
        ("fix_tier", {"regime": "miit", "tier": "II", "body": "processor"}, "fixes no tier"),
        ("issue_warning", {}, "issue_warning has no `warning`; give its eight fields"),
        ("adjust_warning", {}, "adjust_warning has no `warning`; give its eight fields"),
        ("lift_warning", {"body": "mechanism"}, "none is in force"),
        ("end_response", {"body": "mechanism"}, "confirm it first"),
        ("note", {}, "note says nothing; give its text"),
        ("add_task", {}, "add_task says nothing"),
        ("end_task", {}, "no open task (none named)"),
        ("attach", {}, "attach names no file"),
    ],
)
def test_a_command_that_says_too_little_is_refused(
    verb: Verb, content: dict[str, object], refusal: str
) -> None:
    state, incident_id = opened()
    (outcome,) = apply(ENGINE, state, command(verb, incident_id, 100, **content))
    assert isinstance(outcome, CommandOutcome)
    assert refusal in outcome.refusal


def test_an_override_is_lifted_and_the_duties_follow_it() -> None:
    state, incident_id = opened()
    apply(ENGINE, state, command("confirm", incident_id, 100))
    apply(ENGINE, state, command("impact", incident_id, 101, impact=Impact(persons=10)))
    raised = {"regime": "miit", "tier": "II", "reason": "supply chain"}
    told = apply(ENGINE, state, command("override", incident_id, 102, **raised))
    duties = [each for each in told if isinstance(each, Obligation) and each.regime == "miit"]
    assert any("重大（Ⅱ级），专家定级，计算结果为一般（Ⅳ级）" in each.reason_zh for each in duties)
    assert any(
        "major (II), an expert's tier, computed: general (IV)" in each.reason_en for each in duties
    )
    lifted = {"regime": "miit", "tier": "", "reason": "it was not"}
    told = apply(ENGINE, state, command("override", incident_id, 103, **lifted))
    (assessment,) = [each for each in told if isinstance(each, Assessment)]
    assert (assessment.tier, assessment.override_tier) == ("IV", None)
    left = [each for each in told if isinstance(each, Obligation)]
    assert {each.state for each in left if "withdrawn" in each.reason_en} == {"withdrawn"}
    assert all("an expert's" not in each.reason_en for each in left)


def _with(record: Record, **changes: object) -> Record:
    values = {name: getattr(record, name) for name in Record.__struct_fields__}
    return Record(**{**values, **changes})
