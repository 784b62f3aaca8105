"""A drill as an organiser holds it: on a broker, by the commands, with live traffic beside it.

The worker that had the drill is held against another that reads the same records without it,
with the timestamps that Kafka gave them.
"""

import json
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipeline.app.command_service import publish_commands
from pipeline.app.publishing import Parcel, Sender, sign_chunk
from pipeline.app.stores import open_store
from pipeline.cli.main import main
from pipeline.drills.planning import DrillPlan, plan_drill
from pipeline.intake.batching import chunk_lines
from pipeline.intake.drills import Drill
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_producer
from pipeline.kafka.topics import make_topics, plan_topics
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import KEY_ID, Publisher, make_registry, signing_key
from pipeline.simulate.traffic import make_traffic
from schemas.batch import HEADER_DRILL
from schemas.command import Command, Impact, Particulars, Verb
from schemas.moments import HOUR, SECOND, Moment, datetime_of
from schemas.topics import SOURCES, topic_name
from sinks.contract import Answer
from tests.brokers.choice import BrokerAddress
from tests.brokers.kafka import free_port
from tests.chaos.progress import Progress
from tests.chaos.workers import WorkerProcess, python_module
from tests.drills.builders import drill_file

PARTITIONS: Final = 4
NAME: Final = "shield"
KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
LIVE_MINUTES: Final = 90
"""Live traffic began so long before the drill does, its attack included."""
ABUSES: Final = {
    "without a drill's name": "organiser_out_of_scope",
    "under a drill of another organiser": "organiser_out_of_scope",
    "under a drill that nobody registered": "organiser_out_of_scope",
    "for an enterprise that takes no part": "organiser_out_of_scope",
    "after the drill's end": "organiser_out_of_scope",
    "with the drill's name taken out": "bad_signature",
    "with the name of another drill put in": "bad_signature",
}
"""What somebody with the organiser's key tries, and the reason on its dead letter."""


class BrokerSite:
    """Files, topics and workers of one drill."""

    def __init__(
        self, broker: BrokerAddress, folder: Path, publishers: Sequence[Publisher], **fields: Any
    ) -> None:
        """`fields` are the drill file's; its start is soon."""
        self.folder = folder
        self.address = broker.address
        self._settings = broker.settings
        self.publishers = {each.enterprise_id: (each, secret) for each, secret in publishers}
        self.registry = {name: each for name, (each, _) in self.publishers.items()}
        starts = datetime_of(_now() + 8 * SECOND) + timedelta(hours=8)
        file = drill_file(name=NAME, start=starts.strftime("%Y-%m-%dT%H:%M:%S+08:00"), **fields)
        self.plan: DrillPlan = plan_drill(file, self.registry)
        self.file = folder / "drill.yml"
        self.file.write_bytes(msgspec.yaml.encode(msgspec.to_builtins(file)))
        rows = b"\n".join(map(msgspec.json.encode, self.registry.values()))
        (folder / "registry.ndjson").write_bytes(rows + b"\n")
        (folder / "policy.json").write_bytes(msgspec.json.encode(self._policy()))
        pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "organiser.pem").write_bytes(pem)
        self.beside, self.alone = self._worker("beside"), self._worker("alone")
        for prefix in ("beside", "alone"):
            make_topics(KafkaAccess(self.address), plan_topics(prefix, prefix, PARTITIONS), 1)
        self.producer: Any = open_producer(KafkaAccess(self.address))

    def close(self) -> None:
        """End what runs."""
        for worker in (self.beside, self.alone):
            worker.kill()
        self.producer.close()

    def play(self) -> dict[str, Any]:
        """`fenghuo drill run` as a process of its own, with live traffic and abuses beside it; its
        answer."""
        self.beside.start()
        files = ["--registry", str(self.folder / "registry.ndjson"),
                 "--policy", str(self.folder / "policy.json"),
                 "--key", str(self.folder / "organiser.pem"), "--key-id", "k1"]  # fmt: skip
        run = subprocess.Popen(
            python_module("pipeline.cli.main", "drill", "run", str(self.file), *files, "--no-rows",
                          "--bootstrap", self.address, "--prefix", "beside"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            for at, parcel, headers in self._outgoing():
                time.sleep(max(0.0, (at - _now()) / SECOND))
                self._send("beside", parcel, headers)
            self.producer.flush()
            told, faults = run.communicate(timeout=self._left_s() + 60)
        finally:
            run.kill()
        assert run.returncode == 0, faults.decode()
        self._await_read("beside")
        answer: dict[str, Any] = json.loads(told)
        return answer

    def respond(self) -> None:
        """The people on call, in the drill and in earnest: of every four participants one does
        nothing, one stops half way, the others confirm, answer, resolve and report."""
        incidents = self._stored("incidents")
        names = sorted({str(each["enterprise_id"]) for each in incidents})
        steps: list[list[Command]] = [[], [], [], []]
        for each in incidents:
            place = names.index(str(each["enterprise_id"])) % 4
            said = [] if place == 3 else [*_answers(each)]
            for number, command in enumerate(said[:1] if place == 2 else said):
                steps[number].append(command)
        for commands in steps:
            if commands:
                publish_commands(KafkaAccess(self.address), commands, "beside")
            self._await_read("beside")
        owed = [
            _said(each, "reported", obligation_id=str(each["obligation_id"]))
            for each in self._stored("obligations")
            if each["due_at"] and names.index(str(each["enterprise_id"])) % 4 < 2
        ]
        if owed:
            publish_commands(KafkaAccess(self.address), owed, "beside")
            self._await_read("beside")

    def end(self) -> None:
        """The worker ends in order; then the rows of the drill are written, and it is scored."""
        self.beside.terminate()
        assert self.beside.exits == [0], self.beside.log()[-3000:]
        files = ("--registry", self.folder / "registry.ndjson",
                 "--policy", self.folder / "policy.json")  # fmt: skip
        self.call("drill", "record", self.file, *files, "--store", self.beside.store)

    def without_the_drill(self) -> None:
        """The other worker reads what the first did, less the drill, as of the same moments."""
        self._let_timestamps_be_given("alone")
        self.alone.start()
        for role in ("events", "commands"):  # whoever commands has read of the incident
            for record in self._read(topic_name(role, "beside")):
                if not _is_of_drill(record):
                    self.producer.send(
                        topic_name(role, "alone"), key=record.key, value=record.value,
                        headers=record.headers, partition=record.partition,
                        timestamp_ms=record.timestamp,
                    )  # fmt: skip
            self.producer.flush()
            self._await_read("alone")
        self.alone.terminate()
        assert self.alone.exits == [0], self.alone.log()[-3000:]

    def call(self, *words: object) -> str:
        """A command of `fenghuo` that succeeds; what it says on stdout."""
        called = CliRunner().invoke(main, [str(each) for each in words])
        assert called.exit_code == 0, called.output
        return called.stdout

    def rows(self, view: str) -> list[Answer]:
        """Rows of the store of the worker that had the drill."""
        with open_store(self.beside.store, "fenghuo", must_exist=True) as store:
            return store.view(view)

    def _policy(self) -> dict[str, Any]:
        now = _now()
        over = Drill(
            name="last-year", start=datetime_of(now - 3 * HOUR), end=datetime_of(now - HOUR),
            organiser="miit",
        )  # fmt: skip
        others = Drill(
            name="others", start=datetime_of(now - HOUR), end=datetime_of(now + HOUR),
            organiser="cac",
        )  # fmt: skip
        return {
            "commands": {"signed": False},
            "organisers": [
                {"organiser_id": name, "keys": [{"key_id": "k1", "public_key": _public(key)}]}
                for name, key in (("miit", KEY), ("cac", OTHER_KEY))
            ],
            "drills": [self.plan.registration(), over, others],
        }

    def _worker(self, name: str) -> WorkerProcess:
        settings = {
            **self._settings,
            "FENGHUO_GROUP": name,
            "FENGHUO_TOPIC_PREFIX": name,
            "FENGHUO_HEALTH_PORT": str(free_port()),
            "FENGHUO_REGISTRY": str(self.folder / "registry.ndjson"),
            "FENGHUO_POLICY": str(self.folder / "policy.json"),
        }
        return WorkerProcess(self.folder / name, _whole_worker, settings)

    def _outgoing(self) -> Iterator[tuple[Moment, Parcel, dict[str, bytes]]]:
        """Live batches when they are due, of the participants and one more; abuses in the midst."""
        length_s = LIVE_MINUTES * 60 + (self.plan.ends_at - self.plan.starts_at) // SECOND
        config = SimulationConfig(
            start=self.plan.starts_at - LIVE_MINUTES * 60 * SECOND, duration_s=length_s,
            events=40, stories=("ransomware", "vulnerability_backdoor"),
            campaign="vulnerability_backdoor", span_s=240,
        )  # fmt: skip
        participants = [each.enterprise_id for each in self.plan.enterprises]
        stranger = next(name for name in self.publishers if name not in participants)
        publishers = [self.publishers[name] for name in (*participants[:6], stranger)]
        for batch in make_traffic(7, config, publishers):
            sender = Sender(batch.enterprise_id, KEY_ID, signing_key(
                self.publishers[batch.enterprise_id][1]))  # fmt: skip
            for chunk in chunk_lines(batch.lines, batch.enterprise_id, batch.format):
                parcel = Parcel(sender, chunk, batch.format)
                yield batch.last_time, parcel, _headers(parcel)
        yield from self._abuses(participants[0], stranger)

    def _abuses(
        self, participant: str, stranger: str
    ) -> Iterator[tuple[Moment, Parcel, dict[str, bytes]]]:
        def parcel(drill: str, enterprise_id: str = participant) -> Parcel:
            line = b'{"@timestamp": "%s", "EventID": 1}' % datetime_of(_now()).isoformat().encode()
            (chunk,) = chunk_lines([line], enterprise_id, "windows")
            return Parcel(Sender(enterprise_id, "miit/k1", KEY), chunk, "windows", drill)

        tried = [parcel(""), parcel("others"), parcel("nobody"), parcel(NAME, stranger),
                 parcel("last-year")]  # fmt: skip
        for each in tried:
            yield 0, each, _headers(each)
        bare = _headers(parcel(NAME))
        del bare[HEADER_DRILL]
        yield 0, parcel(NAME), bare
        yield 0, parcel(NAME), {**_headers(parcel(NAME)), HEADER_DRILL: b"last-year"}

    def _send(self, prefix: str, parcel: Parcel, headers: dict[str, bytes]) -> None:
        self.producer.send(
            topic_name("events", prefix), key=parcel.sender.enterprise_id.encode(),
            value=parcel.chunk.value, headers=[*headers.items()],
        )  # fmt: skip

    def _left_s(self) -> float:
        return max(0.0, (self.plan.ends_at - _now()) / SECOND)

    def _await_read(self, prefix: str, patience_s: float = 180.0) -> None:
        """Until the prefix's worker has applied all that its topics hold, what it told among it."""
        progress = Progress(self.address, prefix, PARTITIONS, prefix)
        deadline_s = time.monotonic() + patience_s
        try:
            while True:
                applied, ends = progress.follow(), progress.ends()
                if all(applied.get(place, 0) >= end for place, end in ends.items()):
                    return
                log = (self.beside if prefix == "beside" else self.alone).log()
                assert time.monotonic() < deadline_s, (applied, ends, log[-3000:])
                time.sleep(0.2)
        finally:
            progress.close()

    def _stored(self, view: str) -> list[Answer]:
        """Read beside the worker, once what it applied is written."""
        with open_store(self.beside.store, "fenghuo", must_exist=True) as store:
            return store.view(view)

    def _let_timestamps_be_given(self, prefix: str) -> None:
        from kafka import KafkaAdminClient
        from kafka.admin import ConfigResource, ConfigResourceType

        given = {"message.timestamp.type": "CreateTime"}
        admin = KafkaAdminClient(bootstrap_servers=self.address)
        admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic_name(role, prefix), given)
             for role in SOURCES]
        )  # fmt: skip
        admin.close()

    def _read(self, topic: str) -> Iterable[Any]:
        from kafka import KafkaConsumer, TopicPartition

        places = [TopicPartition(topic, each) for each in range(PARTITIONS)]
        consumer = KafkaConsumer(bootstrap_servers=self.address, consumer_timeout_ms=1_000)
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        records = [*consumer]
        consumer.close()
        return records


def publishers_of(provinces: Sequence[str], enterprises: int) -> list[Publisher]:
    """The first made enterprises of these provinces, so many in all and one more."""
    made = [each for each in make_registry(7, 31 * enterprises) if each[0].province in provinces]
    return made[: enterprises + 1]


def _whole_worker(store: Path) -> list[str]:
    return [sys.executable, "-m", "pipeline.cli.main", "worker", "--store", str(store)]


def _now() -> Moment:
    return time.time_ns() // 1_000


def _public(key: Ed25519PrivateKey) -> str:
    return b64encode(key.public_key().public_bytes_raw()).decode()


def _headers(parcel: Parcel) -> dict[str, bytes]:
    return sign_chunk(parcel.sender, parcel.chunk, parcel.format, parcel.drill, parcel.time_zone)


def _is_of_drill(record: Any) -> bool:
    """Whether it was sent by the drill, or said in it; not what was tried with its key."""
    headers = dict(record.headers)
    if HEADER_DRILL in headers:
        is_tried = record.value.count(b"\n") == 0 and b'"EventID": 1}' in record.value
        return headers[HEADER_DRILL] == NAME.encode() and not is_tried
    try:
        return bool(json.loads(record.value).get("drill"))
    except (ValueError, AttributeError):
        return False


def _answers(incident: Answer) -> Iterator[Command]:
    """Confirm, state the harm, describe, resolve: a step each."""
    yield _said(incident, "confirm")
    yield _said(incident, "impact", impact=Impact(direct_loss_cny=20_000_000, persons=120_000))
    yield _said(incident, "describe", particulars=Particulars(measures_taken="已断网"))
    yield _said(incident, "resolve", verdict="true_positive", reason="已处置")


def _said(of: Answer, verb: Verb, **particulars: Any) -> Command:
    """On a row of an incident, or of one of its duties."""
    named = str(of.get("obligation_id") or of["incident_id"])
    return Command(
        command_id=f"{verb}-{named[:20]}",
        enterprise_id=str(of["enterprise_id"]),
        incident_id=str(of["incident_id"]),
        verb=verb,
        analyst="li",
        said_at=_now(),
        drill=str(of["drill"]),
        **particulars,
    )
