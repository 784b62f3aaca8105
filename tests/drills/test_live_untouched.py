"""A drill beside live traffic, at the same enterprises: nothing that is live moves by a byte."""

from base64 import b64encode
from collections.abc import Iterable

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.app.command_service import UNPROVED
from pipeline.app.delivery import Delivery
from pipeline.app.drill_runs import make_parcels
from pipeline.app.publishing import Parcel, Sender, sign_chunk
from pipeline.app.runner import HeldStates, Runner, record_task, settle_task, sighting_task
from pipeline.drills.traffic import make_shipments
from pipeline.intake.batching import chunk_lines
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import make_registry, signing_key
from pipeline.simulate.traffic import make_traffic
from pipeline.worker.publications import Publication, publications_of
from schemas.batch import Record
from schemas.command import Command
from schemas.decision import Decision
from schemas.incident import Incident
from schemas.moments import MINUTE, Moment
from schemas.organiser import Organiser
from schemas.registry import PublishingKey
from schemas.topics import topic_name
from sinks.contract import Answer, Sink
from sinks.memory import MemorySink
from tests.drills.builders import REGISTRY, plan_of
from tests.rules.house_rules import house_rules

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRUCK = tuple(sorted(REGISTRY))[:6]
PLAN = plan_of(
    scenario="provincial_campaign",
    enterprises={"ids": list(STRUCK)},
    injects=[{"kind": "false_alarm", "after_minutes": 3}],
)
TABLES = ("events", "events_by_minute", "events_by_hour", "events_by_day", "detection_revisions",
          "incidents", "incident_revisions", "assessment_revisions", "obligation_revisions",
          "campaigns", "campaign_revisions", "campaign_members", "dead_letters", "commands",
          "batches")  # fmt: skip
POLICY = Policy(
    commands=UNPROVED,
    drills=(PLAN.registration(),),
    organisers=(
        Organiser(
            organiser_id="miit",
            keys=(PublishingKey("k1", b64encode(KEY.public_key().public_bytes_raw()).decode()),),
        ),
    ),
)


def record(parcel: Parcel, at: Moment, offset: int) -> Record:
    headers = sign_chunk(parcel.sender, parcel.chunk, parcel.format, parcel.drill)
    return Record(
        topic=topic_name("events"), partition=0, offset=offset, timestamp=at,
        key=parcel.sender.enterprise_id.encode(), value=parcel.chunk.value,
        headers=tuple(headers.items()),
    )  # fmt: skip


def live_records() -> list[Record]:
    """The same enterprises in earnest, meanwhile, with attacks hidden in it."""
    publishers = [each for each in make_registry(7, 120) if each[0].enterprise_id in STRUCK]
    config = SimulationConfig(
        start=PLAN.starts_at - 10 * MINUTE, duration_s=2_400, events=30,
        stories=("ransomware",), campaign="ransomware",
    )  # fmt: skip
    keys = {each.enterprise_id: signing_key(secret) for each, secret in publishers}
    return [
        record(Parcel(Sender(batch.enterprise_id, "k1", keys[batch.enterprise_id]), chunk,
                      batch.format), batch.last_time, number)
        for number, batch in enumerate(make_traffic(7, config, publishers))
        for chunk in chunk_lines(batch.lines, batch.enterprise_id, batch.format)
    ]  # fmt: skip


def drill_records() -> list[Record]:
    dues = make_parcels(PLAN, make_shipments(PLAN), "k1", KEY)
    return [record(due.parcel, due.at, 100_000 + number) for number, due in enumerate(dues)]


def stray_records() -> list[Record]:
    """What somebody with the organiser's key tries in earnest: refused, and seen."""
    (chunk,) = chunk_lines([b'{"EventID": 1}'], STRUCK[0], "windows")
    return [record(Parcel(Sender(STRUCK[0], "miit/k1", KEY), chunk, "windows"),
                   PLAN.starts_at, 200_000)]  # fmt: skip


def confirmations(decisions: Iterable[Decision], at: Moment, drill: str) -> list[Record]:
    """An analyst confirms every incident."""
    found = {each.incident_id: each for each in decisions if isinstance(each, Incident)}
    said = [
        Command(command_id=f"c{drill}{number}", enterprise_id=each.enterprise_id,
                incident_id=each.incident_id, verb="confirm", analyst="li", said_at=at,
                drill=each.drill)
        for number, each in enumerate(found.values())
        if each.drill == drill and each.status != "superseded"
    ]  # fmt: skip
    return [
        Record(topic=topic_name("commands"), partition=0, offset=number, timestamp=at,
               key=each.enterprise_id.encode(), value=msgspec.json.encode(each))
        for number, each in enumerate(said)
    ]  # fmt: skip


class Country:
    """A runner, its store and what it told subscribers."""

    def __init__(self, sink: Sink | None = None) -> None:
        self.engine = Engine(house_rules(), POLICY, REGISTRY)
        self.sink = MemorySink() if sink is None else sink
        self.told: list[Publication] = []
        self.decisions: list[Decision] = []
        gather = lambda sighting: sighting_task(self.engine, sighting)  # noqa: E731
        self._runner = Runner(HeldStates(), Delivery(self.sink, lambda _: True), gather)

    def take(self, records: Iterable[Record]) -> None:
        ordered = sorted(records, key=lambda each: each.timestamp)
        decided = self._runner.complete(record_task(self.engine, each) for each in ordered)
        self.decisions += decided
        self.told += publications_of(decided)

    def settle(self, names: Iterable[str]) -> None:
        decided = self._runner.complete(settle_task(self.engine, name) for name in names)
        self.decisions += decided
        self.told += publications_of(decided)

    def rows(self, is_drill: bool) -> dict[str, list[Answer]]:
        return {
            table: [row for row in self.sink.view(table) if bool(row["drill"]) is is_drill]
            for table in TABLES
        }

    def messages(self, is_drill: bool) -> list[bytes]:
        return sorted(
            each.role.encode() + each.key + each.value
            for each in self.told
            if (b'"drill":"shield"' in each.value) is is_drill
        )


def play(*, with_drill: bool) -> Country:
    country = Country()
    country.take([*live_records(), *stray_records(), *(drill_records() if with_drill else [])])
    country.settle([*STRUCK, *(f"{name}#shield" for name in STRUCK if with_drill)])
    at = PLAN.ends_at + MINUTE
    country.take(confirmations(country.decisions, at, ""))
    if with_drill:
        country.take(confirmations(country.decisions, at, "shield"))
    return country


def test_nothing_live_moves_and_everything_of_the_drill_bears_its_name() -> None:
    alone, beside = play(with_drill=False), play(with_drill=True)
    assert beside.rows(is_drill=False) == alone.rows(is_drill=False)
    assert beside.messages(is_drill=False) == alone.messages(is_drill=False)
    assert alone.rows(is_drill=True) == {table: [] for table in TABLES}
    drilled, live = beside.rows(is_drill=True), alone.rows(is_drill=False)
    for table in TABLES:
        if table != "dead_letters":
            assert drilled[table], table
        if not table.startswith("campaign"):
            assert live[table], table
    assert {row["drill"] for rows in drilled.values() for row in rows} == {"shield"}
    roles = {each.role for each in beside.told if b'"drill":"shield"' in each.value}
    assert roles == {"incidents", "detections", "campaigns", "sightings", "receipts"}


def test_what_the_organisers_key_signs_in_earnest_is_a_dead_letter_and_nothing_else() -> None:
    country = Country()
    country.take(stray_records())
    (letter,) = country.sink.view("dead_letters")
    assert letter["reason"] == "organiser_out_of_scope"
    assert country.sink.view("events") == []
    assert country.rows(is_drill=True)["batches"] == []
