"""However often timers are looked at, and whenever: time brings the same rows at their moments."""

from collections.abc import Iterable, Sequence

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from pipeline.state import EnterpriseState, decode_state, encode_state, enterprise_state
from schemas.batch import Batch
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.exception import RuleException, Scope
from schemas.incident import Incident
from schemas.moments import DAY, HOUR, MINUTE, SECOND, Moment
from tests.engine.builders import (
    COMMANDS,
    ENTERPRISE,
    RULES,
    START,
    apply,
    batch,
    command,
    failed_logon,
    shadow_copies,
)

ABSENCE = """
---
title: Shadow Copies Deleted Without a Logon
id: 99999999-9999-4999-8999-999999999999
name: copies
logsource: {product: windows, category: process_creation}
detection:
  selection: {CommandLine|contains|all: [delete, shadows]}
  condition: selection
level: low
---
title: Nobody Logged On
id: 88888888-8888-4888-8888-888888888888
correlation:
  type: temporal
  rules: [copies, failed_logon]
  group-by: [Computer]
  timespan: 10m
  condition: copies and not failed_logon
level: high
"""
LAST = START + 120 * DAY
"""When everything that follows from the records by itself has happened."""
SHADOWS = "11111111-1111-4111-8111-111111111111"


def make_engine() -> Engine:
    rules = compile_rules(parse_rules([("rules.yml", RULES + ABSENCE)]))
    assert not rules.faults
    return Engine(rules, Policy(commands=COMMANDS), {"E1": ENTERPRISE})


ENGINE = make_engine()


def played(batches: Sequence[Batch], looks: Iterable[Moment], restarts: bool) -> list[Decision]:
    """All that is decided; looks come before a batch of their moment."""
    state, told = EnterpriseState(), list[Decision]()
    scope = Scope(rule_id=SHADOWS, starts_at=START, ends_at=START + 2 * HOUR, host="ws-9")
    told += apply(ENGINE, state, command("add_exception", "", 1, scope=scope, reason="works"))
    waiting = sorted([*looks, LAST])
    for each in [*batches, None]:
        until = each.received_at if each else LAST
        while waiting and waiting[0] <= until:
            told += ENGINE.advance(state, "E1", waiting.pop(0))
            if restarts:
                state = enterprise_state(decode_state("E1", encode_state(state)))
        if each:
            told += ENGINE.process(state, each)
    return told


def rows(told: Iterable[Decision]) -> list[bytes]:
    """Every column of every row, in the order in which they were told."""
    return [msgspec.json.encode(each) for each in told]


PAUSES = st.one_of(st.integers(5, 800), st.integers(800, 9_000), st.integers(9_000, 5 * 86_400))
AGES = st.one_of(st.integers(0, 300), st.integers(0, 6_000))
LINES = st.lists(st.tuples(AGES, st.sampled_from(("copies", "logon", "hidden"))), max_size=4)


@st.composite
def histories(draw: st.DrawFn) -> list[Batch]:
    sent: list[Batch] = []
    at_s = 600
    for number, (pause_s, found) in enumerate(
        draw(st.lists(st.tuples(PAUSES, LINES), min_size=1, max_size=5))
    ):
        at_s += pause_s
        lines = [_line(at_s - ago_s, kind, place) for place, (ago_s, kind) in enumerate(found)]
        received = msgspec.structs.replace(batch(lines, number), received_at=START + at_s * SECOND)
        sent.append(received)
    return sent


def _line(at_s: float, kind: str, place: int) -> bytes:
    if kind == "logon":
        return failed_logon(at_s, "chen", RecordNumber=place)
    host = "ws-9" if kind == "hidden" else ("dc-1", "ws-1")[place % 2]
    return shadow_copies(at_s, host, User="chen", RecordNumber=place)


@st.composite
def schedules(draw: st.DrawFn, history: Sequence[Batch]) -> list[Moment]:
    """Looks after a batch: soon, or by the day, at any microsecond."""
    after = st.one_of(st.integers(0, 2 * HOUR), st.integers(0, 80 * DAY))
    begun = st.sampled_from([each.received_at for each in history])
    drawn = draw(st.lists(st.tuples(begun, after), max_size=8))
    return [moment + span for moment, span in drawn]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_laws_rows_do_not_tell_when_timers_were_looked_at(data: st.DataObject) -> None:
    history = data.draw(histories())
    looks = data.draw(schedules(history))
    restarts = data.draw(st.booleans())
    assert rows(played(history, looks, restarts)) == rows(played(history, (), False))


def test_what_is_quiet_closes_at_its_own_moment() -> None:
    received = START + HOUR
    lines = [shadow_copies(3_500)]
    first = msgspec.structs.replace(batch(lines), received_at=received)
    minutely = range(START, START + 4 * DAY, 17 * MINUTE)
    for looks in ((), minutely):
        told = played([first], looks, False)
        *_, closed = [each for each in told if isinstance(each, Incident)]
        # Three days without evidence and the lateness, and one moment more.
        due = START + 3_500 * SECOND + 3 * DAY + 300 * SECOND + 1
        assert (closed.status, closed.revised_at) == ("closed", due)
        (expired,) = [
            each for each in told if isinstance(each, RuleException) and each.state == "expired"
        ]
        assert expired.revised_at == START + 2 * HOUR + 300 * SECOND
        absent = next(
            each for each in told if isinstance(each, Detection) and "Nobody" in each.title
        )
        assert absent.received_at == received + 900 * SECOND + 1, "once it is idle"


def test_a_batch_after_a_silence_finds_that_time_has_passed() -> None:
    first, second = (
        msgspec.structs.replace(
            batch([shadow_copies(at_s)], number), received_at=START + at_s * SECOND
        )
        for number, at_s in enumerate((600, 600 + 4 * 86_400))
    )
    told = [each for each in played([first, second], (), False) if isinstance(each, Incident)]
    incident_id = told[0].incident_id
    closed = next(each for each in told if each.status == "closed")
    assert closed.incident_id == incident_id
    assert closed.revised_at < second.received_at
