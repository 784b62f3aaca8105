"""What spans the beginning of a period comes out as it did when it was lived."""

from collections.abc import Iterable, Sequence
from functools import partial

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.app.waiting import patient_delivery
from pipeline.kafka.past_records import Period
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.replay.past_period import PastInput, PastPeriod
from pipeline.replay.stored_lines import Reread, StoredBatch, stored_task
from pipeline.replay.warm_up import warm_up_of
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from pipeline.state import EnterpriseState
from schemas.assessment import Assessment, Obligation
from schemas.batch import Batch
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.event import Event
from schemas.incident import Incident
from schemas.moments import MINUTE, SECOND, Moment
from tests.engine.builders import ENTERPRISE, RULES, START, batch, failed_logon, shadow_copies

ABSENCE = """
---
title: Task Created
id: 66666666-6666-4666-8666-666666666666
name: task_created
logsource: {product: windows, service: security}
detection:
  selection: {EventID: 4698}
  condition: selection
level: low
---
title: Task Deleted
id: 77777777-7777-4777-8777-777777777777
name: task_deleted
logsource: {product: windows, service: security}
detection:
  selection: {EventID: 4699}
  condition: selection
level: low
---
title: Task Left Behind
id: 88888888-8888-4888-8888-888888888888
correlation:
  type: temporal
  rules: [task_created, task_deleted]
  group-by: [TargetUserName]
  timespan: 10m
  condition: task_created and not task_deleted
level: high
"""
MANY_LOGONS = "33333333-3333-4333-8333-333333333333"
LEFT_BEHIND = "88888888-8888-4888-8888-888888888888"
TICK: Moment = MINUTE


def engine() -> Engine:
    rules = compile_rules(parse_rules([("rules.yml", RULES + ABSENCE)]))
    assert not rules.faults
    return Engine(rules, Policy(), {"E1": ENTERPRISE})


def task(at_s: float, event_id: int, account: str = "wu") -> bytes:
    logon = msgspec.json.decode(failed_logon(at_s, account))
    return msgspec.json.encode({**logon, "EventID": event_id})


def received(at_s: float, *lines: bytes) -> Batch:
    """A batch that came over Kafka, so many seconds after START."""
    number = round(at_s)
    return msgspec.structs.replace(
        batch([*lines], number), topic="fenghuo.events", received_at=START + number * SECOND
    )


def live(batches: Sequence[Batch], end_s: float) -> dict[Moment, list[Decision]]:
    """As a worker does it, its timers every minute: decisions by their moment."""
    lived, state, told = engine(), EnterpriseState(), dict[Moment, list[Decision]]()
    of_moment = {each.received_at: each for each in batches}
    ticks = range(START, START + round(end_s * SECOND), TICK)
    for now in sorted({*of_moment, *ticks}):
        told[now] = lived.process(state, of_moment[now]) if now in of_moment else []
        if now in ticks:
            told[now] += lived.advance(state, "E1", now)
    return told


def replayed(
    batches: Sequence[Batch], start_s: float, end_s: float, warm_up: Moment | None = None
) -> list[Decision]:
    """What a replay of the period comes to, from what a store kept."""
    again = engine()
    events = {
        each.offset: [one for one in told if isinstance(one, Event)]
        for each, told in lived_events(batches)
    }
    span = warm_up_of(again) if warm_up is None else warm_up
    period = Period(START + round(start_s * SECOND), START + round(end_s * SECOND))
    sink = Kept()
    past = PastPeriod(again, period, patient_delivery(sink, print), print, span)  # type: ignore[arg-type]
    given = [
        PastInput(
            each.received_at,
            partial(stored_task, input=StoredBatch(each, events[each.offset]), reread=Reread()),
        )
        for each in batches
        if period.start - span <= each.received_at < period.end
    ]
    return [each for told in (*past.take(given), *past.settle()) for each in told]


def lived_events(batches: Sequence[Batch]) -> Iterable[tuple[Batch, list[Decision]]]:
    lived, state = engine(), EnterpriseState()
    return [(each, lived.process(state, each)) for each in batches]


class Kept:
    """A sink that keeps nothing: the decisions are looked at."""

    def write(self, rows: object, token: str) -> None:
        """Nothing."""


def since(told: dict[Moment, list[Decision]], start_s: float) -> list[Decision]:
    start = START + start_s * SECOND
    return [each for now, some in told.items() if now >= start for each in some]


def found(decisions: Iterable[Decision]) -> set[tuple[str, ...]]:
    """Detections and incidents as they were last told."""
    detections = {each.detection_id: each for each in decisions if isinstance(each, Detection)}
    return {(each.rule_id, each.detection_id, each.status) for each in detections.values()}


def cases(decisions: Iterable[Decision]) -> set[tuple[str, Moment, int, tuple[str, ...]]]:
    told = {each.incident_id: each for each in decisions if isinstance(each, Incident)}
    return {
        (each.incident_id, each.opened_at, each.detection_count, tuple(sorted(each.event_ids)))
        for each in told.values()
    }


def judged(decisions: Iterable[Decision], of: Iterable[str]) -> dict[tuple[str, str], int]:
    """The last revision of each judgement and duty of these incidents."""
    told: dict[tuple[str, str], int] = {}
    for each in decisions:
        if isinstance(each, Assessment | Obligation) and each.incident_id in of:
            what = each.regime if isinstance(each, Assessment) else each.obligation_id
            told[each.incident_id, what] = max(each.revision, told.get((each.incident_id, what), 0))
    return told


def rules_of(decisions: Iterable[Decision]) -> list[str]:
    return [rule for rule, _, _ in sorted(found(decisions))]


def test_a_correlation_that_began_before_the_period_fires_in_it() -> None:
    batches = [
        received(400, shadow_copies(390), failed_logon(391), failed_logon(392)),
        received(600, failed_logon(590)),
    ]
    told = replayed(batches, 500, 1_200)
    assert rules_of(told) == [MANY_LOGONS], "what fired before the period is not told of it"
    assert found(told) == found(since(live(batches, 1_200), 500))
    assert rules_of(replayed(batches, 500, 1_200, warm_up=0)) == []


def test_an_absence_that_was_waited_for_as_the_period_began_is_found_in_it() -> None:
    batches = [received(400, task(395, 4698)), received(3_000, failed_logon(2_999))]
    told = replayed(batches, 900, 3_600)
    assert rules_of(told) == [LEFT_BEHIND]
    assert found(told) == found(since(live(batches, 3_600), 900))
    assert rules_of(replayed(batches, 900, 3_600, warm_up=0)) == []


def test_an_absence_that_was_found_before_the_period_is_not_found_in_it() -> None:
    batches = [received(400, task(395, 4698)), received(3_000, failed_logon(2_999))]
    assert rules_of(since(live(batches, 3_600), 2_000)) == []
    assert rules_of(replayed(batches, 2_000, 3_600)) == []


def test_a_silence_at_the_end_of_the_period_ends_as_it_did() -> None:
    batches = [received(400, task(395, 4698))]
    assert rules_of(replayed(batches, 0, 3_600)) == [LEFT_BEHIND]
    assert rules_of(replayed(batches, 0, 600)) == []


def test_evidence_joins_the_incident_that_was_opened_before_the_period() -> None:
    batches = [received(400, shadow_copies(390)), received(4_000, shadow_copies(3_990))]
    told = replayed(batches, 2_000, 6_000)
    ((incident_id, opened_at, count, _),) = cases(told)
    assert cases(told) == cases(since(live(batches, 6_000), 2_000))
    assert (opened_at < START + 2_000 * SECOND, count) == (True, 2)
    assert {what for _, what in judged(told, [incident_id])} >= {"miit", "cac"}
    ((other_id, _, _, _),) = cases(replayed(batches, 2_000, 6_000, warm_up=0))
    assert other_id != incident_id


MAKERS = (
    failed_logon,
    shadow_copies,
    partial(task, event_id=4698),
    partial(task, event_id=4699),
)
SENT = st.lists(
    st.tuples(
        st.integers(10, 700),
        st.lists(st.tuples(st.integers(0, 5), st.sampled_from(MAKERS)), min_size=1, max_size=3),
    ),
    min_size=2,
    max_size=8,
)


@settings(max_examples=15, deadline=None)
@given(sent=SENT, cut=st.floats(0.1, 0.9))
def test_laws_a_replay_tells_of_the_period_what_was_told_in_it(
    sent: list[tuple[int, list[tuple[int, partial[bytes]]]]], cut: float
) -> None:
    batches, at_s = [], 0
    for pause_s, lines in sent:
        at_s += pause_s
        batches.append(received(at_s, *(make(at_s - ago_s) for ago_s, make in lines)))
    start_s, end_s = round(at_s * cut), at_s + 7_200
    whole = live(batches, end_s)
    lived, again = since(whole, start_s), replayed(batches, start_s, end_s)
    assert found(again) == found(lived)
    assert cases(again) == cases(lived)
    told = {incident_id for incident_id, *_ in cases(again)}
    assert judged(again, told) == judged(since(whole, 0), told), "as it stands, whenever judged"
