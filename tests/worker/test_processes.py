"""Several workers of one command: started, asked as one, started again where they end or hang."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from pipeline.app.delivery import Backoff
from pipeline.app.stores import open_store
from pipeline.worker.health import ENDED_S
from pipeline.worker.members import START_S, STAYED_S, Member
from pipeline.worker.merged_metrics import merge_metrics
from pipeline.worker.metrics import Metrics
from pipeline.worker.settings import SettingsFault, read_settings
from pipeline.worker.supervisor import Supervisor, least_of_cores_and
from sinks.contract import DEFAULT_DATABASE
from tests.brokers.choice import BrokerAddress
from tests.chaos.workers import python_module
from tests.worker.member_entries import end_at_once, stay
from tests.worker.test_live import Bench, wait_until

pytestmark = pytest.mark.filterwarnings("ignore:.*_text is deprecated:DeprecationWarning")

PATIENCE_S = 30.0


@pytest.fixture
def members() -> Iterator[list[Member]]:
    started: list[Member] = []
    yield started
    for each in started:
        each.terminate()
        each.join(PATIENCE_S)


def until(holds: Callable[[], bool], member: Member) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline_s
        member.look(0.0)
        time.sleep(0.05)


def test_one_that_ends_is_started_again_after_pauses_that_double(members: list[Member]) -> None:
    member = Member("ending", end_at_once, Backoff(first_s=10.0, greatest_s=15.0))
    members.append(member)
    starts: dict[int, int] = {}
    for now_s in range(40):
        member.look(float(now_s))
        starts.setdefault(member.starts, now_s)
        member.join(PATIENCE_S)
    assert list(starts.items()) == [(1, 0), (2, 11), (3, 27)]


def test_one_that_stayed_is_started_again_at_once(members: list[Member]) -> None:
    member = Member("staying", partial(stay, True))
    members.append(member)
    member.look(0.0)
    until(lambda: member.page("/health/live")[0] == 200, member)
    os.kill(member.pid or 0, signal.SIGKILL)
    member.join(PATIENCE_S)
    member.look(STAYED_S)
    member.look(STAYED_S)
    assert member.starts == 2


@pytest.mark.parametrize("is_live", [True, False])
def test_one_that_hangs_is_killed_and_no_other(is_live: bool, members: list[Member]) -> None:
    member = Member("hanging", partial(stay, is_live))
    members.append(member)
    member.look(0.0)
    until(lambda: member.page("/health/live")[0] != 0, member)
    member.look(START_S - 1)
    member.look(START_S + ENDED_S - 2)
    time.sleep(0.5)
    assert member.is_running is is_live


def test_all_are_one_port_and_one_that_does_not_answer_is_not_ready(members: list[Member]) -> None:
    members += [Member(f"worker-{number}", partial(stay, True)) for number in range(2)]
    supervisor = Supervisor(members)
    pages = supervisor.pages()
    deadline_s = time.monotonic() + PATIENCE_S
    while pages["/health/ready"]()[0] != 200:
        assert time.monotonic() < deadline_s
        supervisor.look()
        time.sleep(0.05)
    text = pages["/metrics"]()[1].decode()
    for number in range(2):
        assert f'fenghuo_gaps_total{{process="worker-{number}"}} 2.0' in text
    os.kill(members[0].pid or 0, signal.SIGKILL)
    members[0].join(PATIENCE_S)
    survivor = members[1].pid
    supervisor.look()
    text = pages["/metrics"]()[1].decode()
    assert pages["/health/ready"]()[0] == 503
    assert "fenghuo_processes_running 1.0" in text
    assert "fenghuo_processes 2.0" in text
    assert 'process="worker-0"' not in text
    assert members[1].pid == survivor


def test_metrics_of_several_are_told_apart_and_none_is_summed() -> None:
    first, second = Metrics(), Metrics()
    first.put("lag_records", 3, topic="t", partition="0")
    second.put("lag_records", 4, topic="t", partition="1")
    second.observe("step_seconds", 0.2)
    merged = merge_metrics({"a": first.text().decode(), "b": second.text().decode()}).decode()
    assert 'fenghuo_lag_records{partition="0",process="a",topic="t"} 3.0' in merged
    assert 'fenghuo_lag_records{partition="1",process="b",topic="t"} 4.0' in merged
    assert 'fenghuo_step_seconds_count{process="b"} 1.0' in merged
    assert merged.count("# TYPE fenghuo_lag_records ") == 1


def test_an_embedded_store_has_one_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENGHUO_KAFKA_BOOTSTRAP", "127.0.0.1:9092")
    with pytest.raises(SettingsFault, match="embedded store has one worker"):
        read_settings(store=tmp_path, processes="2")
    assert read_settings(store=tmp_path).processes == 1
    assert read_settings(processes="3").processes == 3
    assert read_settings(processes="auto").processes == 0
    assert least_of_cores_and(1) == least_of_cores_and(0) == 1


@pytest.mark.broker
@pytest.mark.store
def test_a_command_of_two_workers_loses_one_and_nothing_else(
    broker: BrokerAddress, tmp_path: Path
) -> None:
    bench = Bench(
        broker, tmp_path, lambda store: python_module("tests.worker.supervised_worker", str(store))
    )
    try:
        worker = bench.worker(FENGHUO_PROCESSES="2")
        worker.start()
        wait_until(lambda: worker.page("/health/ready")[0] == 200, "both ready", 90, worker)
        bench.send([b"%d" % number for number in range(200)])
        worker.wait_for("fenghuo_records_total", 200)
        os.kill(member_pid(worker.pid), signal.SIGKILL)
        bench.send([b"%d" % (200 + number) for number in range(200)])
        worker.wait_for("fenghuo_process_restarts_total", 1)
        wait_until(lambda: worker.page("/health/ready")[0] == 200, "both ready again", 90, worker)
        # Ready is not idle: what the lost one had waits until its partitions are moved.
        wait_until(lambda: stored_places(worker.store) == 400, "all stored", 90, worker)
        worker.terminate()
        assert worker.exits == [0]
        assert stored_places(worker.store) == 400
    finally:
        bench.close()


def member_pid(parent: int) -> int:
    """One of the workers, not the helper of multiprocessing."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    commands = {each: Path(f"/proc/{each}/cmdline").read_bytes() for each in children}
    return int(next(each for each, line in commands.items() if b"spawn_main" in line))


def stored_places(store: Path) -> int:
    """Records that are in the stores of all members together."""
    places = set()
    for each in sorted(path for path in store.iterdir() if not path.name.startswith(".")):
        with open_store(each, DEFAULT_DATABASE, must_exist=True) as sink:
            rows = sink.query("SELECT partition, offset FROM batches")
        places |= {(row["partition"], row["offset"]) for row in rows}
    return len(places)
