"""Real rows for the store's benchmarks: made traffic through the whole pipeline into a store.

Signed records of made enterprises, admitted, matched, correlated, grouped, assessed and written
as a worker does. Some are forged, some are sent twice; analysts answer; clocks run out.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from random import Random

import msgspec

from pipeline.app.command_service import UNPROVED
from pipeline.app.delivery import Delivery
from pipeline.app.engines import OWN_RULES
from pipeline.app.publishing import Sender, sign_chunk
from pipeline.app.runner import HeldStates, Runner, record_task, sighting_task, timer_task
from pipeline.files.registry_file import keep_registry
from pipeline.files.rule_files import load_rules
from pipeline.intake.batching import chunk_lines
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import KEY_ID, Publisher, make_registry, signing_key
from pipeline.simulate.traffic import SimulatedBatch, make_traffic
from pipeline.state import ANY_PARTITION, StateKey, is_campaign_key
from schemas.batch import Record
from schemas.command import Command, Impact, Verb
from schemas.decision import Decision
from schemas.ids import content_id
from schemas.incident import Incident
from schemas.moments import DAY, HOUR, MINUTE, SECOND, Moment, parse_moment
from sinks.contract import Sink

START = parse_moment("2026-10-20T00:00:00Z")
DURATION_S = 600
"""So that every event lies in one hour and one day: counts of copies then stay counts."""
VICTIMS_SHARE = 0.3
"""Of the enterprises, for each of the four stories."""
FORGED_SHARE, AGAIN_SHARE, LATE_SHARE = 0.01, 0.01, 0.03
_IMPACTS = (
    Impact(direct_loss_cny=150_000_000, basis="reported"),
    Impact(persons=12_000_000, basis="reported"),
    Impact(outage_minutes=600, facilities="important", basis="observed"),
    Impact(direct_loss_cny=3_000_000, basis="estimated"),
    Impact(sensitive_persons=20_000, basis="estimated"),
)
_COURSES: tuple[tuple[Verb, ...], ...] = (
    (),
    ("start",),
    ("start", "confirm"),
    ("start", "confirm", "impact"),
    ("start", "impact", "confirm", "resolve"),
    ("start", "close"),
)
"""What analysts say of an incident, one course after the other."""


def load_own_rules() -> RuleSet:
    """What the sample is matched with."""
    return load_rules([OWN_RULES], None)


def fill(sink: Sink, size: int, events: int, seed: int = 1) -> None:
    """Some `events` of `size` enterprises, each a mean one's share, into a migrated store."""
    publishers = make_registry(seed, size)
    registry = {enterprise.enterprise_id: enterprise for enterprise, _ in publishers}
    engine = Engine(load_own_rules(), Policy(commands=UNPROVED), registry)
    config = SimulationConfig(
        start=START,
        duration_s=DURATION_S,
        events=events // size,
        victims=round(size * VICTIMS_SHARE),
    )
    keep_registry(sink, registry)
    states = HeldStates()
    delivery = Delivery(sink, wait=lambda _: False)
    runner = Runner(states, delivery, partial(sighting_task, engine))
    incidents: dict[str, Incident] = {}

    def apply(records: Iterator[Record]) -> None:
        tasks = (
            msgspec.structs.replace(record_task(engine, each), refuse=None) for each in records
        )
        for decisions in runner.run(tasks, group_size=100):
            incidents.update(_by_id(decisions))

    apply(_records(seed, publishers, config))
    apply(_commands(seed, incidents))
    enterprises = [name for name in states.all() if not is_campaign_key(name)]
    runner.complete(
        timer_task(engine, StateKey(ANY_PARTITION, name), START + _let_time_pass(number))
        for number, name in enumerate(enterprises)
    )


def _by_id(decisions: Sequence[Decision]) -> dict[str, Incident]:
    return {each.incident_id: each for each in decisions if isinstance(each, Incident)}


def _let_time_pass(number: int) -> Moment:
    """Of some enterprises hours, of others days: deadlines pending, due soon and missed."""
    return (6 * HOUR, 6 * HOUR, DAY, 12 * DAY)[number % 4]


def _records(
    seed: int, publishers: Sequence[Publisher], config: SimulationConfig
) -> Iterator[Record]:
    """In the order in which Kafka took them; the offset is the order's."""
    random = Random(seed)
    senders = {
        enterprise.enterprise_id: Sender(enterprise.enterprise_id, KEY_ID, signing_key(private))
        for enterprise, private in publishers
    }
    taken: list[Record] = []
    for batch in make_traffic(seed, config, publishers):
        record = _record(random, senders[batch.enterprise_id], batch)
        taken.append(record)
        if random.random() < AGAIN_SHARE:
            taken.append(_later(record, MINUTE))
        if random.random() < FORGED_SHARE:
            taken.append(msgspec.structs.replace(record, key=random.choice([*senders]).encode()))
    taken.sort(key=lambda record: record.timestamp)
    for offset, record in enumerate(taken):
        yield msgspec.structs.replace(record, partition=offset % 32, offset=offset // 32)


def _record(random: Random, sender: Sender, batch: SimulatedBatch) -> Record:
    """Received seconds after its last event, a few much later."""
    delay = 2 * HOUR if random.random() < LATE_SHARE else random.randrange(1, 30) * SECOND
    (chunk,) = chunk_lines(batch.lines, sender.enterprise_id, batch.format)
    return Record(
        topic="fenghuo.events",
        partition=0,
        offset=0,
        timestamp=batch.last_time + delay,
        key=sender.enterprise_id.encode(),
        value=chunk.value,
        headers=tuple(sign_chunk(sender, chunk, batch.format).items()),
    )


def _later(record: Record, delay: Moment) -> Record:
    return msgspec.structs.replace(record, timestamp=record.timestamp + delay)


def _commands(seed: int, incidents: dict[str, Incident]) -> Iterator[Record]:
    """Every course in turn, ten minutes between one word and the next."""
    random = Random(seed)
    offset = 0
    for number, incident in enumerate(list(incidents.values())):
        said_at = max(incident.revised_at, START + 3 * HOUR)
        for verb in _COURSES[number % len(_COURSES)]:
            said_at += 10 * MINUTE
            impact = random.choice(_IMPACTS) if verb == "impact" else None
            yield _command(incident, verb, said_at, impact, offset)
            offset += 1


def _command(
    incident: Incident, verb: Verb, said_at: Moment, impact: Impact | None, offset: int
) -> Record:
    command = Command(
        command_id=content_id("command", incident.incident_id, verb),
        enterprise_id=incident.enterprise_id,
        incident_id=incident.incident_id,
        verb=verb,
        analyst=f"analyst-{offset % 40}",
        said_at=said_at,
        impact=impact,
        verdict="false_positive" if verb == "close" else "",
        reason="为基准测试所设",
    )
    return Record(
        topic="fenghuo.commands",
        partition=offset % 32,
        offset=offset // 32,
        timestamp=said_at + SECOND,
        key=incident.enterprise_id.encode(),
        value=msgspec.json.encode(command),
    )
