"""Laws of exceptions, against what the written events themselves say.

An exception hides exactly what it names, for its period only; what it hides is counted; and
restarts between any two records change nothing.
"""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.path import Engine
from pipeline.state import EnterpriseState, decode_state, encode_state, enterprise_state
from schemas.batch import Record
from schemas.command import CommandOutcome, Verb
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.exception import RuleException, Scope
from schemas.incident import Incident
from schemas.moments import DAY, HOUR, SECOND, Moment
from tests.engine.builders import (
    START,
    apply,
    batch,
    command,
    failed_logon,
    make_engine,
    shadow_copies,
)

ENGINE: Engine = make_engine()
COPIES, LOGON, MANY = (f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}"
                       for digit in "123")  # fmt: skip
HOSTS, ACCOUNTS, ADDRESSES = (
    ("ws-1", "WS-2.corp.example", "ws-3"),
    ("li", "chen"),
    ("10.0.0.7", "10.0.1.8"),
)


class Happening(msgspec.Struct, frozen=True):
    """One event as it is written; `host` is that of copies, `address` that of logons."""

    second: int
    is_logon: bool
    host: str
    account: str
    address: str

    def line(self, number: int, event_id: int = 4625) -> bytes:
        """The written line; `number` tells equal ones apart."""
        if not self.is_logon:
            user = f"CORP\\{self.account}"
            return shadow_copies(self.second, self.host, User=user, RecordNumber=number)
        changed = {"EventID": event_id} if event_id != 4625 else {}
        line = failed_logon(self.second, self.account, IpAddress=self.address, RecordNumber=number)
        return line.replace(b"4625", str(event_id).encode()) if changed else line


HAPPENINGS = st.builds(
    Happening,
    st.integers(0, 590),
    st.booleans(),
    st.sampled_from(HOSTS),
    st.sampled_from(ACCOUNTS),
    st.sampled_from(ADDRESSES),
)
HISTORIES = st.lists(st.lists(HAPPENINGS, min_size=1, max_size=8), min_size=1, max_size=4)


@st.composite
def scopes(draw: st.DrawFn, *rules: str) -> Scope:
    begins = draw(st.integers(-10, 590))
    return Scope(
        rule_id=draw(st.sampled_from(rules)),
        host=draw(st.sampled_from(("", "", "ws-1", "ws-2", "WS-2.CORP.EXAMPLE.", "ws"))),
        account=draw(st.sampled_from(("", "", "LI", "corp\\chen"))),
        address=draw(st.sampled_from(("", "", "10.0.0.7", "10.0.0.0/24", "10.0.0.0/16"))),
        starts_at=START + begins * SECOND,
        ends_at=START + (600 + draw(st.integers(100, 10_000))) * SECOND
        if draw(st.booleans())
        else START + (begins + draw(st.integers(1, 300))) * SECOND,
    )


def covers(scope: Scope, it: Happening) -> bool:
    """Written from the event itself: neither entities nor the engine's own test are asked."""
    host = "dc-1" if it.is_logon else it.host.lower()
    wanted = scope.host.lower().rstrip(".")
    addresses = {"": True, "10.0.0.7": it.address == "10.0.0.7",
                 "10.0.0.0/24": it.address == "10.0.0.7", "10.0.0.0/16": True}  # fmt: skip
    return (
        scope.rule_id == (LOGON if it.is_logon else COPIES)
        and scope.starts_at <= START + it.second * SECOND < scope.ends_at
        and wanted in ("", host, host.split(".")[0])
        and scope.account.lower().split("\\")[-1] in ("", it.account)
        and (addresses[scope.address] if it.is_logon else not scope.address)
    )


def added(scope: Scope, number: int = 100, **changes: Any) -> Record:
    particulars = {"scope": scope, "reason": "maintenance"} | changes
    return command("add_exception", "", number, **particulars)


class Run:
    """An engine's state, restarted after every record, and all it decided."""

    def __init__(self) -> None:
        self.state = EnterpriseState()
        self.told: list[Decision] = []

    def hear(self, record: Record) -> CommandOutcome:
        """A command, received at START + its number."""
        told = apply(ENGINE, self.state, record)
        self._took(told)
        (outcome,) = [each for each in told if isinstance(each, CommandOutcome)]
        return outcome

    def take(self, lines: list[bytes], number: int) -> None:
        """A batch of lines."""
        self._took(ENGINE.process(self.state, batch(lines, number)))

    def _took(self, decisions: list[Decision]) -> None:
        self.told += decisions
        self.state = enterprise_state(decode_state("E1", encode_state(self.state)))

    def detections(self, rule_id: str) -> dict[str, Detection]:
        """By id, as they stand; what was superseded is not among them."""
        last = {each.detection_id: each for each in self.told if isinstance(each, Detection)}
        return {
            key: msgspec.structs.replace(each, received_at=0)
            for key, each in last.items()
            if each.rule_id == rule_id and each.status == "active"
        }

    def exceptions(self) -> list[RuleException]:
        """As they stand."""
        last = {each.exception_id: each for each in self.told if isinstance(each, RuleException)}
        return list(last.values())


def admissible(scope: Scope) -> bool:
    """Commands of these tests are received 100 s after START."""
    return scope.ends_at > START + 101 * SECOND


def played(history: list[list[Happening]], *scopes: Scope, mute: Scope | None = None) -> Run:
    """All batches after the exceptions; `mute`: logons that it covers are written as others."""
    run = Run()
    for number, scope in enumerate(scopes, 100):
        assert run.hear(added(scope, number)).accepted
    count = 0
    for place, happenings in enumerate(history):
        lines = []
        for it in happenings:
            count += 1
            is_muted = mute is not None and covers(mute, it)
            lines.append(it.line(count, 4624 if is_muted else 4625))
        run.take(lines, place)
    return run


@settings(max_examples=70)
@given(HISTORIES, st.lists(scopes(COPIES, LOGON).filter(admissible), min_size=1, max_size=2))
def test_it_hides_exactly_what_it_names_and_counts_it(
    history: list[list[Happening]], named: list[Scope]
) -> None:
    run = played(history, *named)
    flat = [it for happenings in history for it in happenings]
    copies = [it for it in flat if not it.is_logon]
    shown = sorted(it.second for it in copies if not any(covers(scope, it) for scope in named))
    found = run.detections(COPIES).values()
    assert sorted((each.time - START) // SECOND for each in found) == shown
    for scope, exception in zip(named, run.exceptions(), strict=True):
        times = [START + it.second * SECOND for it in flat if covers(scope, it)]
        assert exception.hidden == len(times)
        assert (exception.first_hidden, exception.last_hidden) == (
            (min(times), max(times)) if times else (None, None)
        )


@settings(max_examples=30)
@given(HISTORIES, scopes(LOGON).filter(admissible))
def test_what_is_hidden_counts_in_no_correlation(
    history: list[list[Happening]], scope: Scope
) -> None:
    hidden, never = played(history, scope), played(history, mute=scope)
    assert hidden.detections(MANY) == never.detections(MANY)


@settings(max_examples=30)
@given(HISTORIES, scopes(MANY).filter(admissible))
def test_a_silenced_correlation_leaves_all_others_as_they_are(
    history: list[list[Happening]], scope: Scope
) -> None:
    silenced, plain = played(history, scope), played(history)
    assert silenced.detections(COPIES) == plain.detections(COPIES)
    first = {
        each.detection_id: each
        for each in reversed(plain.told)
        if isinstance(each, Detection) and each.rule_id == MANY
    }
    hidden = {key for key, each in first.items() if names(scope, each)}
    told = plain.detections(MANY)
    assert silenced.detections(MANY) == {k: each for k, each in told.items() if k not in hidden}
    assert silenced.exceptions()[0].hidden == len(hidden)


def names(scope: Scope, detection: Detection) -> bool:
    """Of a correlation's first revision: one host, one account, the addresses of its events."""
    values = {each.value for each in detection.entities}
    addresses = {"": True, "10.0.0.7": "10.0.0.7" in values,
                 "10.0.0.0/24": "10.0.0.7" in values, "10.0.0.0/16": True}  # fmt: skip
    return (
        scope.starts_at <= detection.time < scope.ends_at
        and not scope.host
        and scope.account.lower().split("\\")[-1] in ("", *values)
        and addresses[scope.address]
    )


@settings(max_examples=20)
@given(HISTORIES, scopes(COPIES, LOGON, MANY).filter(admissible), st.integers(0, 3))
def test_said_again_anywhere_it_changes_nothing(
    history: list[list[Happening]], scope: Scope, place: int
) -> None:
    once, twice = Run(), Run()
    for run in (once, twice):
        run.hear(added(scope))
        for number, happenings in enumerate(history):
            if run is twice and number == place:
                assert run.hear(added(scope)).accepted
            lines = [it.line(count) for count, it in enumerate(happenings, 100 * number)]
            run.take(lines, number)
    assert once.state == twice.state
    assert once.exceptions() == twice.exceptions()


def until(second: int, **named: str) -> Scope:
    return Scope(rule_id=COPIES, starts_at=START, ends_at=START + second * SECOND, **named)


def test_ended_by_an_analyst_it_still_covers_what_happened_before() -> None:
    run = Run()
    run.hear(added(until(3_600)))
    (exception,) = run.exceptions()
    ending = {"exception_id": exception.exception_id, "reason": "done early"}
    assert run.hear(command("end_exception", "", 300, **ending)).accepted
    run.take([shadow_copies(299), shadow_copies(300)], 0)
    assert [each.time for each in run.detections(COPIES).values()] == [START + 300 * SECOND]
    (exception,) = run.exceptions()
    assert (exception.state, exception.hidden, exception.ended_by) == ("ended", 1, "li")
    again = run.hear(command("end_exception", "", 301, **ending))
    assert again.refusal.endswith("is ended already")


def test_it_expires_by_itself_and_is_let_go_of_when_its_time_is_settled() -> None:
    run = Run()
    run.hear(added(until(400)))
    run.take([shadow_copies(100)], 0)
    moment: Moment = START + HOUR
    run.told += ENGINE.advance(run.state, "E1", moment)
    (exception,) = run.exceptions()
    assert (exception.state, exception.hidden, exception.revision) == ("expired", 1, 3)
    assert run.state.exceptions.held, "evidence of its time would still count"
    run.told += ENGINE.advance(run.state, "E1", moment + DAY)
    assert not run.state.exceptions.held


def test_an_incident_that_is_hidden_does_not_open_and_the_events_stay() -> None:
    run = Run()
    run.hear(added(until(3_600, host="ws-1")))
    run.take([shadow_copies(10, "ws-1"), shadow_copies(20, "ws-2")], 0)
    incidents = [each for each in run.told if isinstance(each, Incident)]
    assert [("ws-1" in each.story_en, "ws-2" in each.story_en) for each in incidents] == [
        (False, True)
    ]


def test_of_a_correlation_that_was_told_before_later_revisions_are_told() -> None:
    run = Run()
    run.take([failed_logon(each, RecordNumber=each) for each in range(3)], 0)
    silence = Scope(rule_id=MANY, starts_at=START - DAY, ends_at=START + DAY)
    run.hear(added(silence))
    run.take([failed_logon(each, RecordNumber=each) for each in range(3, 30)], 1)
    run.told += ENGINE.advance(run.state, "E1", START + 2 * HOUR)
    (detection,) = run.detections(MANY).values()
    assert detection.event_count > 3
    assert run.exceptions()[0].hidden == 0


def test_another_enterprise_and_a_drill_are_not_concerned() -> None:
    run = Run()
    run.hear(added(until(3_600)))
    other = EnterpriseState()
    told = ENGINE.process(other, batch([shadow_copies(1)], drill="spring"))
    assert [each for each in told if isinstance(each, Detection)]


FITTING = until(3_600)


@pytest.mark.parametrize(
    ("verb", "said", "refusal"),
    [
        ("add_exception", {"reason": ""}, "needs a `reason`"),
        ("add_exception", {"scope": None}, "has no `scope`"),
        ("add_exception", {"incident_id": "ab"}, "leave `incident_id` out"),
        ("add_exception", {"scope": until(90)}, "it would be over at 2026-05-01T12:01:30"),
        ("add_exception", {"scope": until(367 * 86_400)}, "longer than 366 days"),
        ("add_exception", {"scope": until(3_600, address="10.0.0.300")}, "is no address"),
        ("add_exception", {"scope": msgspec.structs.replace(FITTING, rule_id="")}, "no rule"),
        ("end_exception", {"exception_id": "nobody's"}, "no exception nobody's is held"),
        ("end_exception", {}, "no exception (none named) is held"),
    ],
)
def test_what_is_refused_says_why(verb: Verb, said: dict[str, Any], refusal: str) -> None:
    run = Run()
    particulars = {"scope": FITTING, "reason": "maintenance"} | said
    incident_id = str(particulars.pop("incident_id", ""))
    outcome = run.hear(command(verb, incident_id, 100, **particulars))
    assert refusal in outcome.refusal
    assert not run.exceptions()
