"""Detections per second through grouping; a shuffled replay beside an ordered one.

Grouping: detections of twelve rules on one host and account, or spread over thirty of each, one
a batch, 0.5 s of event time apart, on top of 10, 100 and 1,000 that are held already, as many
again (1,000 is the quota: folding is part of it). Replay: 10,000 failed logons of twenty
accounts within 50 minutes, and every 500th event a deletion of shadow copies, through the whole
engine in batches of 20; `shuffled` puts each up to 290 s late, within the lateness of 300 s.
"""

import random
from collections.abc import Sequence
from time import process_time

import msgspec

from pipeline.state import EnterpriseState, enterprise_key
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.incident import Incident
from schemas.moments import SECOND
from tests.engine.builders import (
    ENTERPRISE,
    START,
    batch,
    failed_logon,
    make_engine,
    shadow_copies,
)
from tests.incidents.builders import Desk, detection, essence

MEASURED = 2_000
STEP_MINUTES = 0.5 / 60
EVENTS = 10_000
SPAN_S = 3_000
DELAY_S = 290
REPLAY_BATCH = 20
RECEIVED_AT = START + 2 * SPAN_S * SECOND


def made(number: int, places: int) -> Detection:
    """The detection of this number; every tenth is grave."""
    place = number % places
    return detection(
        f"d{number:06}",
        number * STEP_MINUTES,
        f"host:ws{place}",
        f"account:user{place}",
        level="high" if number % 10 == 0 else "medium",
        rule=f"rule-{number % 12}",
    )


def print_grouping() -> None:
    print(
        f"\n{'hosts':>5} {'held':>6} {'detections/s':>13} {'told':>6} {'bytes each, encoded':>20}"
    )
    for places in (1, 30):
        for held in (10, 100, 1_000):
            seconds, told, desk = 0.0, 0, Desk()
            for _ in range(MEASURED // held):
                desk = Desk()
                desk.take(*(made(number, places) for number in range(held)))
                coming = [made(number, places) for number in range(held, 2 * held)]
                before, begin = len(desk.emitted), process_time()
                for each in coming:
                    desk.take(each)
                seconds += process_time() - begin
                told += len(desk.emitted) - before
            size = len(msgspec.msgpack.encode(desk.state)) // len(desk.state.evidence)
            print(f"{places:>5} {held:>6} {MEASURED / seconds:>13,.0f} {told:>6} {size:>20}")


def recording() -> list[tuple[float, bytes]]:
    """Second and event, in order of time."""
    step = SPAN_S / EVENTS
    return [
        (number * step, shadow_copies(number * step, f"ws-{number % 5}"))
        if number % 500 == 499
        else (number * step, failed_logon(number * step, account=f"user{number % 20}"))
        for number in range(EVENTS)
    ]


def replay(events: Sequence[bytes]) -> tuple[list[Decision], float]:
    """Everything decided, and CPU seconds."""
    engine, state = make_engine(), EnterpriseState()
    decisions: list[Decision] = []
    begin = process_time()
    for number, first in enumerate(range(0, len(events), REPLAY_BATCH)):
        made_now = batch(list(events[first : first + REPLAY_BATCH]), number)
        received = msgspec.structs.replace(made_now, received_at=RECEIVED_AT)
        decisions += engine.process(state, received)
    decisions += engine.settle(state, enterprise_key(ENTERPRISE.enterprise_id, ""))
    return decisions, process_time() - begin


def incidents_of(decisions: Sequence[Decision]) -> list[Incident]:
    """The live incidents at the end, without what tells of arrival."""
    last = {one.incident_id: one for one in decisions if isinstance(one, Incident)}
    live = [last[key] for key in sorted(last) if last[key].status != "superseded"]
    return [msgspec.structs.replace(one, rule_set_id="") for one in essence(live)]


def print_replay() -> None:
    chance, ordered = random.Random(3), recording()
    mixed = sorted(ordered, key=lambda each: each[0] + chance.uniform(0, DELAY_S))
    print(
        f"\n{'replay':>9} {'events/s':>9} {'incidents':>10} {'ids':>5} {'revisions':>10} "
        f"{'correlation rows':>17}"
    )
    found = []
    for name, events in (("in order", ordered), ("shuffled", mixed)):
        decisions, seconds = replay([raw for _, raw in events])
        revisions = [one for one in decisions if isinstance(one, Incident)]
        rows = sum(isinstance(one, Detection) and one.kind == "correlation" for one in decisions)
        found.append(incidents_of(decisions))
        print(
            f"{name:>9} {len(events) / seconds:>9,.0f} {len(found[-1]):>10} "
            f"{len({one.incident_id for one in revisions}):>5} {len(revisions):>10} {rows:>17}"
        )
    print("the same incidents, ids included" if found[0] == found[1] else "DIFFERENT incidents")


if __name__ == "__main__":
    print_grouping()
    print_replay()
