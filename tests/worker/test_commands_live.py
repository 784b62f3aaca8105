"""Commands on a broker, through `fenghuo worker` as it runs: heard is who proves who speaks."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pipeline.app.analyst_keys import AnalystKey
from pipeline.app.command_service import publish_commands
from pipeline.kafka.access import KafkaAccess
from schemas.command import Command
from schemas.moments import SECOND
from tests.brokers.choice import BrokerAddress
from tests.engine.builders import KEY, START
from tests.engine.test_analysts import ENGINE, OTHER
from tests.worker.hostile import engine
from tests.worker.test_hostile_live import whole_worker
from tests.worker.test_live import Bench, rows_of, wait_until

pytestmark = pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")

SENDERS: dict[str, tuple[AnalystKey | None, str]] = {
    "unsigned": (None, "command_unsigned"),
    "forged": (AnalystKey("wang/k", OTHER), "command_signature"),
    "elsewhere": (AnalystKey("zhao/k", KEY), "analyst_not_allowed"),
    "reader": (AnalystKey("sun/k", KEY), "analyst_not_allowed"),
    "sound": (AnalystKey("wang/k", KEY), ""),
}


@pytest.fixture
def executor(broker: BrokerAddress, tmp_path: Path) -> Iterator[Bench]:
    executor = Bench(broker, tmp_path, whole_worker)
    yield executor
    executor.close()


def test_of_five_senders_the_one_who_proves_to_be_allowed_is_heard(
    executor: Bench, tmp_path: Path
) -> None:
    registry, policy = tmp_path / "registry.ndjson", tmp_path / "policy.json"
    registry.write_bytes(b"\n".join(map(msgspec.json.encode, engine().registry.values())))
    policy.write_bytes(msgspec.json.encode({"commands": ENGINE.policy.commands}))
    for name, (key, _) in SENDERS.items():
        said = Command(
            command_id=name,
            enterprise_id="E1",
            incident_id="nobody-has-it",
            verb="confirm",
            analyst="whoever",
            said_at=START + SECOND,
        )
        publish_commands(KafkaAccess(executor.address), [said], executor.prefix, key)
    worker = executor.worker(FENGHUO_REGISTRY=str(registry), FENGHUO_POLICY=str(policy))
    worker.start()
    worker.wait_for("fenghuo_records_total", len(SENDERS))
    wait_until(lambda: worker.metric("fenghuo_lag_records") == 0, "no lag", 60, worker)
    worker.terminate()
    letters = rows_of(worker, view="dead_letters")
    assert [row["reason"] for row in sorted(letters, key=lambda row: int(str(row["offset"])))] == [
        reason for _, reason in SENDERS.values() if reason
    ]
    (heard,) = rows_of(worker, view="commands")
    assert (heard["command_id"], heard["analyst"]) == ("sound", "wang"), "in its own name"
