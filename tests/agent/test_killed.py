"""An agent killed with -9, time and again, while Kafka is away: every line arrives once.

Real Kafka, a real process; what arrived is read by the engine, which tells events by their ids
and batches by stream and number.
"""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_consumer
from pipeline.kafka.records import record_of
from pipeline.kafka.topics import make_topics, plan_topics
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules
from pipeline.state import fresh_state
from schemas.batch import BatchAccount, DeadLetter, Record
from schemas.event import Event
from schemas.registry import Enterprise, PublishingKey
from tests.brokers.choice import running
from tests.brokers.kafka import KafkaBroker, free_port
from tests.chaos.workers import python_module

pytestmark = pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")

SETTINGS = """
enterprise: E1
key: publish.pem
key_id: k1
folder: spool
batch_seconds: 0.2
batch_lines: 20
kafka: {{bootstrap: "{bootstrap}"}}
status: 127.0.0.1:{status}
inputs:
  - {{kind: http, listen: "127.0.0.1:{http}"}}
  - {{kind: files, paths: [logs/*.log]}}
"""


class AgentProcess:
    """The command, as its user starts it; killed and started again."""

    def __init__(self, folder: Path, bootstrap: str, settings: str = SETTINGS) -> None:
        self.folder = folder
        self.http, self.status = free_port(), free_port()
        text = settings.format(bootstrap=bootstrap, http=self.http, status=self.status)
        (folder / "agent.yaml").write_text(text)
        (folder / "logs").mkdir()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it listens."""
        command = python_module("pipeline.cli.main", "agent", "run", "agent.yaml")
        environment = {**os.environ, "FENGHUO_TRACES": str(self.folder / "traces.ndjson")}
        with (self.folder / "agent.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdout=log, stderr=log
            )
        while True:
            try:
                self.ask("health/live")
                return
            except OSError:
                assert self._process.poll() is None, (self.folder / "agent.log").read_text()
                time.sleep(0.1)

    def end(self, how: signal.Signals = signal.SIGKILL) -> int:
        """Its exit code."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        process.send_signal(how)
        return process.wait(30)

    def ask(self, path: str) -> bytes:
        """An answer of its status address."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.status}/{path}", timeout=5) as said:
            content: bytes = said.read()
            return content

    def post(self, lines: list[bytes]) -> None:
        """Taken for sure when this returns."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/", b"\n".join(lines)) as said:
            assert said.status == 200

    def unsent(self) -> dict[str, int]:
        """Lines that wait, by input."""
        return {
            each["name"]: each["unsent_lines"] for each in json.loads(self.ask("status"))["inputs"]
        }


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[KafkaBroker]:
    with running(KafkaBroker, tmp_path / "kafka") as broker:
        make_topics(KafkaAccess(broker.address), plan_topics("fenghuo", "fenghuo", 2), 1)
        yield broker


@pytest.fixture
def agent(tmp_path: Path, broker: KafkaBroker) -> Iterator[AgentProcess]:
    agent = AgentProcess(tmp_path, broker.address)
    yield agent
    agent.end()


def registered(folder: Path) -> Enterprise:
    """The sender, whose key it makes."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "publish.pem").write_bytes(pem)
    public = b64encode(key.public_key().public_bytes_raw()).decode()
    return Enterprise(
        enterprise_id="E1", name="E1", province="330000", sector="steel", field="industrial",
        keys=(PublishingKey("k1", public),),
    )  # fmt: skip


def records(address: str) -> list[Record]:
    """All of the topic, in the order of their offsets."""
    from kafka import TopicPartition

    consumer: Any = open_consumer(KafkaAccess(address))
    parts = [TopicPartition("fenghuo.events", number) for number in range(2)]
    consumer.assign(parts)
    ends = consumer.end_offsets(parts)
    found: list[Record] = []
    while any(consumer.position(part) < ends[part] for part in parts):
        for messages in consumer.poll(1_000).values():
            found += [record_of(m, m.timestamp * 1_000, m.headers) for m in messages]
    consumer.close()
    return found


def lines_of(found: list[Record]) -> set[bytes]:
    return {line for each in found for line in each.value.split(b"\n")}


def line(number: int, source: str) -> bytes:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return b'{"@timestamp":"%s","EventID":%d,"Computer":"%s"}' % (
        moment.encode(), number, source.encode()
    )  # fmt: skip


def test_every_line_arrives_once(agent: AgentProcess, broker: KafkaBroker, tmp_path: Path) -> None:
    enterprise = registered(tmp_path)
    sent: list[bytes] = []
    agent.start()
    for round in range(5):
        if round == 1:
            broker.kill()
        if round == 3:
            broker.start()
        posted = [line(round * 1_000 + number, "http") for number in range(150)]
        written = [line(round * 1_000 + number, "file") for number in range(150)]
        with (tmp_path / "logs" / "a.log").open("ab", buffering=0) as log:
            log.write(b"".join(each + b"\n" for each in written))
        for start in range(0, 150, 30):
            agent.post(posted[start : start + 30])
        sent += posted + written
        os.sync()
        agent.end(signal.SIGKILL)
        agent.start()
    while set(sent) - lines_of(records(broker.address)):  # never over where one is lost
        time.sleep(0.5)
    while any(agent.unsent().values()):
        time.sleep(0.2)
    assert agent.end(signal.SIGTERM) == 0

    engine = Engine(compile_rules(parse_rules([])), Policy(), {"E1": enterprise})
    state, came = fresh_state("E1"), records(broker.address)
    assert_traced(came, tmp_path / "traces.ndjson")
    decisions = [each for record in came for each in engine.apply(state, engine.admit(record))]
    assert not [each for each in decisions if isinstance(each, DeadLetter)]
    events = [each for each in decisions if isinstance(each, Event)]
    counted = Counter(each.event_id for each in events)
    assert Counter(each.raw for each in events) == Counter(sent)
    assert set(counted.values()) == {1}
    accounts = [each for each in decisions if isinstance(each, BatchAccount)]
    assert {each.outcome for each in accounts} <= {"accepted", "duplicate"}
    assert not any(each.unverified for each in accounts)


def assert_traced(came: list[Record], traces: Path) -> None:
    """Each record names the trace of its sending; spans of what was killed are lost."""
    named = {(each.partition, each.offset): dict(each.headers)["traceparent"] for each in came}
    spans = [json.loads(each) for each in traces.read_text().splitlines()]
    assert spans
    for span in spans:
        of = span["attributes"]
        place = int(of["messaging.destination.partition.id"]), of["messaging.kafka.offset"]
        given = span["context"]["trace_id"].removeprefix("0x"), span["context"]["span_id"][2:]
        assert (named[place] or b"").decode().startswith("00-{}-{}-".format(*given))


def test_a_broker_that_is_away_is_said(
    agent: AgentProcess, broker: KafkaBroker, tmp_path: Path
) -> None:
    registered(tmp_path)
    broker.kill()
    agent.start()
    agent.post([b'{"a":1}'])
    deadline_s = time.monotonic() + 30
    while time.monotonic() < deadline_s:
        try:
            agent.ask("health/ready")
        except urllib.error.HTTPError as fault:
            said = fault.read().decode()
            if "connection refused" in said:
                break
        time.sleep(0.2)
    else:
        pytest.fail("it says that it is ready")
    metrics = agent.ask("metrics").decode()
    assert "fenghuo_agent_broker_away 1.0" in metrics
    assert 'fenghuo_agent_spool_lines{input="http"} 1.0' in metrics
    shown = subprocess.run(
        python_module("pipeline.cli.main", "agent", "status", "agent.yaml"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert shown.returncode == 1
    assert "1 waiting" in shown.stdout
    assert "connection refused" in shown.stderr


def test_a_second_agent_with_the_same_folder_is_refused(
    agent: AgentProcess, tmp_path: Path
) -> None:
    registered(tmp_path)
    agent.start()
    second = subprocess.run(
        python_module("pipeline.cli.main", "agent", "run", "agent.yaml"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert second.returncode == 1
    assert "another agent uses it" in second.stderr
