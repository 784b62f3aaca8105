"""Two days of three enterprises: what a release kept of the first, and the second that follows.

Signed batches with an attack on one host after the other, failed logons that a correlation counts,
a drill, a forged batch and what an analyst says: so that most parts of a state hold something.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from pipeline.app.publishing import Sender, sign_chunk
from pipeline.campaigns.policy import CampaignPolicy, Threshold
from pipeline.intake.batching import chunk_lines
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.worker.ledger import TopicPartition
from schemas.batch import Record
from schemas.command import Command, Verb
from schemas.exception import Scope
from schemas.moments import DAY, SECOND
from tests.engine.builders import (
    COMMANDS,
    START,
    failed_logon,
    make_engine,
    shadow_copies,
    signed_command,
)
from tests.worker.hostile import DRILL, KEY, NAMES, enterprise

PLACE: TopicPartition = ("fenghuo.events", 0)
SAID: TopicPartition = ("fenghuo.commands", 0)
TOLD: TopicPartition = ("fenghuo.sightings", 0)
ROUNDS = 4
"""Batches of each enterprise a day."""


def release_engine() -> Engine:
    """The small engine, over enterprises that sign, with analysts and a drill."""
    threshold = Threshold(kind="account", enterprises=len(NAMES), window_s=86_400)
    campaigns = CampaignPolicy(thresholds=(threshold,))
    policy = Policy(drills=(DRILL,), commands=COMMANDS, campaigns=campaigns)
    return Engine(make_engine().rules, policy, {name: enterprise(name) for name in NAMES})


def batches(day: int) -> list[Record]:
    """Of one day, 0 or 1; offsets go on from day to day."""
    records = [*_batches(day)]
    first = day * len(records)
    return [
        msgspec.structs.replace(record, offset=first + at, timestamp=_received(first + at))
        for at, record in enumerate(records)
    ]


def _batches(day: int) -> Iterator[Record]:
    for number in range(day * ROUNDS, (day + 1) * ROUNDS):
        for name in NAMES:
            at_s = 60.0 * number
            yield _signed(name, [shadow_copies(at_s, host=f"ws-{number}")])
            yield _signed(name, [failed_logon(at_s + each) for each in range(2)])
        yield _signed("E1", [shadow_copies(at_s, host=f"drill-{number}")], "spring")
    yield msgspec.structs.replace(_signed("E1", [failed_logon(at_s, "eve")]), key=b"E3")


def exception() -> Record:
    """The first day's command: a rule is silenced on a host that the second day attacks."""
    scope = Scope(
        rule_id="11111111-1111-4111-8111-111111111111",
        host="ws-6",
        starts_at=START,
        ends_at=START + DAY,
    )
    return _say(0, verb="add_exception", enterprise_id="E2", scope=scope)


def confirmation(incident_id: str) -> Record:
    """The second day's: an analyst confirms what the first day came to."""
    return _say(1, verb="confirm", enterprise_id="E1", incident_id=incident_id)


def _say(offset: int, verb: Verb, enterprise_id: str, **particulars: Any) -> Record:
    said = Command(
        command_id=f"command-{offset}",
        enterprise_id=enterprise_id,
        incident_id=particulars.pop("incident_id", ""),
        verb=verb,
        analyst="li",
        said_at=START,
        reason="test",
        **particulars,
    )
    return msgspec.structs.replace(signed_command(said, offset), timestamp=_received(offset))


def first_day() -> Mapping[TopicPartition, list[Record]]:
    """The logs at its end; that of sightings is for the worker to fill."""
    return {PLACE: batches(0), SAID: [exception()], TOLD: []}


def second_day(incident_id: str) -> Mapping[TopicPartition, list[Record]]:
    """What comes then."""
    return {PLACE: batches(1), SAID: [confirmation(incident_id)], TOLD: []}


def _received(offset: int) -> int:
    return START + 600 * SECOND + offset * SECOND


def _signed(name: str, lines: list[bytes], drill: str = "") -> Record:
    (chunk,) = chunk_lines(lines, name, "windows")
    headers = sign_chunk(Sender(name, "k1", KEY), chunk, "windows", drill)
    return Record(
        topic=PLACE[0],
        partition=0,
        offset=0,
        timestamp=0,
        key=name.encode(),
        value=chunk.value,
        headers=tuple(headers.items()),
    )
