"""`fenghuo states` on a broker: more partitions, a backup put back, a changelog that is lost."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from pipeline.cli.main import main
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import open_admin, open_producer
from pipeline.kafka.naming import changelog_name
from pipeline.kafka.topics import make_topics, plan_topics
from pipeline.worker.kept_states import (
    FORMAT,
    Saved,
    StatesFileFault,
    load_states,
    save_states,
)
from pipeline.worker.ledger import NO_STATE, encode_record
from tests.brokers.choice import BrokerAddress
from tests.chaos.workers import WorkerProcess
from tests.worker.test_live import PARTITIONS, Bench, applied, rows_of, wait_until

pytestmark = pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")
MORE = 2 * PARTITIONS
KEYS = 20


class Site(Bench):
    """A worker that counts, and the command line beside it."""

    def call(self, command: str, *arguments: object) -> Result:
        """`fenghuo states …`; a traceback fails the test."""
        options = ["--bootstrap", self.address, "--group", self.prefix, *map(str, arguments)]
        result = CliRunner().invoke(main, ["states", command, *options])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    def repartition(self) -> Result:
        return self.call("repartition", "--prefix", self.prefix, "--partitions", MORE)

    def learn_of_partitions(self) -> None:
        """A producer looks at its topics every few minutes; another one looks now."""
        self.producer.close()
        self.producer = open_producer(KafkaAccess(self.address))

    def lose_changelog(self) -> None:
        """The topic is gone; `fenghuo topics` makes an empty one."""
        access = KafkaAccess(self.address)
        plans = plan_topics(self.prefix, self.prefix, PARTITIONS)
        admin = open_admin(access)
        admin.delete_topics([changelog_name(self.prefix)])
        admin.close()
        wait_until(lambda: make_topics(access, plans, 1), "made again", 20, self.workers[0])

    def work(self, until: int, partitions: int = PARTITIONS) -> None:
        """The worker runs until so many records are applied."""
        worker = self.workers[0] if self.workers else self.worker()
        worker.start()
        wait_until(lambda: applied(self, partitions) == until, f"{until} applied", 60, worker)
        worker.terminate()
        assert worker.exits[-1] == 0, worker.log()


@pytest.fixture
def site(broker: BrokerAddress, tmp_path: Path) -> Iterator[Site]:
    if "FENGHUO_REBALANCE_TIMEOUT_S" in broker.settings:
        pytest.skip("the embedded broker adds no partitions")
    site = Site(broker, tmp_path)
    yield site
    site.close()


def counts(worker: WorkerProcess) -> dict[str, list[int]]:
    """Of each key the running counts: 1, 2, 3 … where nothing is lost and nothing doubled."""
    found: dict[str, list[int]] = {}
    for row in rows_of(worker):
        found.setdefault(str(row["enterprise_id"]), []).append(int(str(row["events"])))
    return {key: sorted(of_key) for key, of_key in found.items()}


def test_partitions_are_added_and_every_count_goes_on(site: Site, tmp_path: Path) -> None:
    site.send([b"1"] * 220)
    waiting = site.repartition()
    assert waiting.exit_code == 1
    assert "220 records are not applied yet" in waiting.output
    worker = site.worker()
    worker.start()
    wait_until(lambda: applied(site) == 220, "all applied", 60, worker)
    running_still = site.repartition()
    assert running_still.exit_code == 1
    assert "1 workers of group" in running_still.output
    worker.terminate()
    file = tmp_path / "states.msgpack"
    assert site.call("save", file).exit_code == 0
    done = site.repartition()
    assert done.exit_code == 0, done.output
    assert f"topics have {MORE} partitions now" in done.output
    other = site.call("restore", file)
    assert other.exit_code == 1
    assert f"has {MORE} partitions, the file {PARTITIONS}" in other.output
    site.learn_of_partitions()
    site.send([b"1"] * 200)
    site.work(420, MORE)
    assert counts(worker) == {f"e{number}": [*range(1, 22)] for number in range(KEYS)}


def test_a_lost_changelog_comes_back_from_the_log_or_from_a_backup(
    site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "states.msgpack"
    site.send([b"1"] * 200)
    site.work(200)
    saved = site.call("save", file)
    assert saved.exit_code == 0, saved.output
    site.lose_changelog()
    site.send([b"1"] * KEYS)
    site.work(220)  # read from the beginning, since nothing is remembered
    assert counts(site.workers[0]) == {f"e{number}": [*range(1, 12)] for number in range(KEYS)}
    site.lose_changelog()
    restored = site.call("restore", file)
    assert (restored.exit_code, restored.stdout) == (0, saved.stdout), restored.output
    site.send([b"1"] * KEYS)
    site.work(240)
    assert counts(site.workers[0]) == {f"e{number}": [*range(1, 13)] for number in range(KEYS)}


def test_a_file_that_is_cut_off_or_changed_is_not_taken(tmp_path: Path) -> None:
    file = tmp_path / "states.msgpack"
    save_states(Saved(FORMAT, "g", 4, {b"0/1/state/e19": encode_record(NO_STATE)}), file)
    whole = file.read_bytes()
    assert load_states(file).states == 1
    newer = Saved(FORMAT + 1, "g", 4, {})
    for spoilt in (
        whole[:-9], b"", b"x", whole.replace(b"e19", b"e91", 1), whole.replace(b"/sta", b"stat"),
        msgspec.msgpack.encode((newer, newer.digest)),
    ):  # fmt: skip
        file.write_bytes(spoilt)
        with pytest.raises(StatesFileFault, match="name another"):
            load_states(file)
