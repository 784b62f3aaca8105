"""What surrounds the steps: settings, metrics, health, topics, changed rules, publications."""

import asyncio
import json
import os
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from pipeline.app.engines import EngineRefused
from pipeline.intake.dead_letters import expire_offsets, refuse_record
from pipeline.kafka.topics import find_conflicts, plan_receipts, plan_topics
from pipeline.path import Engine
from pipeline.state import StateKey
from pipeline.worker.environment import unknown_variables
from pipeline.worker.health import ENDED_S, PATIENCE_S, STILL_S, Health, HealthServer, pages_of
from pipeline.worker.ledger import Ownership
from pipeline.worker.metrics import METRICS, MetricName, Metrics
from pipeline.worker.publications import publications_of
from pipeline.worker.rules_watch import RulesWatch
from pipeline.worker.settings import SettingsFault, WorkerSettings, read_settings
from pipeline.worker.timers import Timers
from schemas.batch import DeadLetter, Record
from schemas.sighting import Sighting
from tests.campaigns.builders import EVIL, Nation, incident
from tests.worker.counting import CountingEngine

TEXTS = (".py", ".yaml", ".yml", ".md", ".sh")


def test_all_faults_of_settings_are_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FENGHUO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FENGHUO_STEP_RECORDS", "none")
    monkeypatch.setenv("FENGHUO_HEALTH_PORT", "70000")
    with pytest.raises(SettingsFault) as faults:
        read_settings()
    assert [line.split(":")[0] for line in str(faults.value).splitlines()] == [
        "FENGHUO_KAFKA_BOOTSTRAP",
        "FENGHUO_HEALTH_PORT",
        "FENGHUO_STEP_RECORDS",
    ]


def test_a_rules_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="no such file or folder"):
        read_settings(kafka_bootstrap="127.0.0.1:1", rules=(tmp_path / "missing",))


@pytest.mark.parametrize(
    ("name", "meant"),
    [("FENGHUO_REGISTY", "FENGHUO_REGISTRY"), ("FENGHUO_KAFKA_BOOTSTRAPS", "FENGHUO_KAFKA_BOOT")],
)
def test_a_mistyped_variable_is_a_fault_that_names_the_one_meant(
    monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.setenv(name, "x")
    with pytest.raises(SettingsFault, match=f"{name}: no such setting; did you mean {meant}"):
        read_settings(kafka_bootstrap="127.0.0.1:1")


def test_variables_of_others_are_no_faults() -> None:
    """A Service called fenghuo-worker makes Kubernetes set these in every pod beside it."""
    environment = {
        "FENGHUO_WORKER_SERVICE_HOST": "10.0.0.1",
        "FENGHUO_WORKER_SERVICE_PORT_HEALTH": "8080",
        "FENGHUO_WORKER_PORT": "tcp://10.0.0.1:8080",
        "FENGHUO_WORKER_PORT_8080_TCP_ADDR": "10.0.0.1",
        "FENGHUO_GRAFANA_URL": "http://grafana",
        "PATH": "/bin",
    }
    assert [*unknown_variables(environment, WorkerSettings.model_fields)] == []
    assert len([*unknown_variables({"FENGHUO_HEALT_PORT": "8080"}, ["health_port"])]) == 1


def test_every_variable_that_the_sources_name_is_known() -> None:
    root = Path(__file__).parents[2]
    places = [
        root / name for name in ("pipeline", "dashboards", "sinks", "schemas", "deploy", "docs")
    ]
    texts = (f.read_text() for place in places for f in place.rglob("*.*") if f.suffix in TEXTS)
    named = {name for text in texts for name in re.findall(r"FENGHUO_[A-Z_]*[A-Z]\b(?!_)", text)}
    assert "FENGHUO_CLICKHOUSE" in named
    assert [*unknown_variables(dict.fromkeys(named, ""), WorkerSettings.model_fields)] == []


@pytest.mark.parametrize("name", ["registry", "policy"])
def test_a_pipe_in_place_of_a_file_is_a_fault(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SettingsFault, match="no regular file"):
        read_settings(kafka_bootstrap="127.0.0.1:1", **{name: tmp_path / "pipe"})


def test_rules_in_the_environment_are_separated_as_paths_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FENGHUO_RULES", f"{tmp_path}{os.pathsep}/")
    assert read_settings(kafka_bootstrap="127.0.0.1:1").rules == (tmp_path, Path("/"))


def test_the_list_of_metrics_and_the_type_of_their_names_agree() -> None:
    assert [metric.name for metric in METRICS] == list(get_args(MetricName))
    assert b"fenghuo_gaps_total 0.0" in Metrics().text()


class Clocked:
    """Health of a worker by a clock that stands until it is moved; it ticks every second."""

    def __init__(self, generation: int = 1, *, is_recovered: bool = True) -> None:
        self.now_s = 0.0
        self.ownership = Ownership()
        if generation:
            self.ownership.assign(generation, {0, 1})
        if is_recovered:
            self.ownership.recover(generation)
        self.health = Health(self.ownership, lambda: self.now_s)
        self.health.begin()
        self.health.is_introduced = True

    def run(self, seconds: float, waiting: int = 0, unrecovered: int = 0) -> set[str]:
        """What stands still after so long."""
        end_s = self.now_s + seconds
        while self.now_s < end_s:
            self.now_s += 1.0
            self.health.tick(waiting, unrecovered)
            self.health.moved("timers")
        return {*self.health.still()}


def test_a_loop_that_does_not_tick_stands_still() -> None:
    clocked = Clocked()
    clocked.run(10)
    clocked.now_s += PATIENCE_S["loop"]
    assert {*clocked.health.still()} == {"loop"}
    assert clocked.run(1) == set()


def test_steps_stand_still_where_records_wait_and_none_is_taken() -> None:
    clocked = Clocked()
    assert clocked.run(STILL_S * 3, waiting=0) == set()
    assert clocked.run(STILL_S - 1, waiting=5) == set()
    assert clocked.run(1, waiting=5) == {"steps"}
    clocked.health.moved("steps")
    assert not clocked.health.still()


@pytest.mark.parametrize("away", ["sink_fault", "broker_absence"])
def test_whoever_waits_for_a_sink_or_a_broker_is_live_and_not_ready(away: str) -> None:
    clocked = Clocked()
    setattr(clocked.health, away, "refused; start it")
    assert clocked.run(STILL_S * 9, waiting=5) == set()
    (lacking,) = clocked.health.lacks()
    assert lacking.endswith(": refused; start it")
    setattr(clocked.health, away, "")
    assert not clocked.health.lacks()
    assert clocked.run(STILL_S, waiting=5) == {"steps"}, "back, and still nothing is taken"


def test_a_start_stands_still_where_it_reads_for_too_long_and_not_where_it_waits() -> None:
    now_s = [0.0]
    health = Health(Ownership(), lambda: now_s[0])
    for now_s[0] in range(0, 3_600, 10):
        health.broker_absence = "refused; start it"
    assert health.lacks() == ["starting", "the broker is away: refused; start it"]
    assert not health.still()
    health.broker_absence = ""
    now_s[0] += PATIENCE_S["start"]
    assert {*health.still()} == {"start"}
    health.begin()
    assert not health.still()
    assert "starting" not in health.lacks()
    health.broker_absence = "refused; start it"
    now_s[0] += STILL_S
    assert "start" not in health.still()


def test_timers_that_nobody_looks_at_stand_still_though_no_record_waits() -> None:
    clocked = Clocked()
    for _ in range(round(STILL_S)):
        clocked.now_s += 1.0
        clocked.health.tick(0, 0)
    assert {*clocked.health.still()} == {"timers"}


def test_a_group_that_is_not_joined_stands_still_and_one_without_a_share_does_not() -> None:
    clocked = Clocked(0, is_recovered=False)
    assert clocked.run(STILL_S) == {"group"}
    clocked.ownership.assign(3, frozenset())
    assert clocked.run(STILL_S * 3) == set()
    assert clocked.health.lacks(), "more workers than partitions: not needed, not ill"
    clocked.ownership.revoke()
    assert clocked.run(STILL_S) == {"group"}


def test_tables_stand_still_where_none_of_their_changes_is_read_however_many_there_are() -> None:
    clocked = Clocked(is_recovered=False)
    for left in range(9, 0, -1):
        assert clocked.run(STILL_S - 1, unrecovered=left * 1_000) == set()
    assert clocked.run(2, unrecovered=1_000) == {"tables"}
    assert clocked.health.still(grace_s=ENDED_S) == {}, "a probe may act first"
    assert clocked.run(ENDED_S, unrecovered=1_000) == {"tables"}
    assert {*clocked.health.still(grace_s=ENDED_S)} == {"tables"}


def test_a_page_says_what_is_lacking_and_what_stands_still() -> None:
    clocked = Clocked(is_recovered=False)
    clocked.health.is_introduced = False
    pages = pages_of(clocked.health, Metrics())
    lacking = b"tables are not recovered, the sink has taken nothing yet"
    assert pages["/health/ready"]() == (503, b"not ready: " + lacking + b"\n")
    clocked.run(200)
    assert pages["/health/live"]() == (503, b"not live: tables stand still for 200 s\n")


def test_ready_requires_an_assignment_a_recovered_table_and_a_sink_that_has_answered() -> None:
    ownership = Ownership()
    health = Health(ownership)
    health.begin()
    server = HealthServer("127.0.0.1", 0, pages_of(health, Metrics()))
    url = f"http://127.0.0.1:{server.port}"
    try:
        with pytest.raises(urllib.error.HTTPError, match="503") as refusal:
            urllib.request.urlopen(f"{url}/health/ready")
        refusal.value.close()
        ownership.assign(1, {0, 1})
        ownership.recover(1)
        assert health.lacks()
        health.is_introduced = True
        for page in ("/health/ready", "/health/live", "/metrics"):
            with urllib.request.urlopen(url + page) as answer:
                assert answer.status == 200
    finally:
        server.close()


def test_a_recovery_counts_only_for_the_assignment_announced_before_it() -> None:
    ownership = Ownership()
    ownership.assign(4, {0})
    ownership.recover(5)
    assert not ownership.may_begin(5)
    ownership.assign(5, {1})
    assert not ownership.may_begin(5)
    ownership.recover(5)
    assert ownership.may_begin(5)
    assert not ownership.may_begin(4)
    ownership.revoke()
    assert not ownership.may_begin(5), "until the next assignment nobody begins a step"


def test_every_state_has_its_timers_looked_at_once_a_round() -> None:
    timers, held = Timers(4), [StateKey(0, f"e{number}") for number in range(10)]
    shares = [timers.next_share(1, held) for _ in range(4)]
    assert [len(share) for share in shares] == [3, 3, 3, 1]
    assert sorted(key for share in shares for key in share) == sorted(held)


def test_timers_of_states_that_are_no_longer_held_are_let_be() -> None:
    timers = Timers(2)
    a, b, c, d = StateKey(0, "a"), StateKey(0, "b"), StateKey(1, "c"), StateKey(1, "d")
    timers.next_share(1, [a, b, c, d])
    assert timers.next_share(1, [a, b]) == []
    assert timers.next_share(2, [c]) == [c]


def test_sources_and_changelog_share_a_partition_count_and_the_broker_stamps_every_topic() -> None:
    plans = {plan.name: plan for plan in plan_topics("fenghuo", "g", 6)}
    assert {plan.partitions for plan in plans.values()} == {6}
    for plan in (*plans.values(), *plan_receipts("fenghuo", ["e"])):
        assert plan.settings["message.timestamp.type"] == "LogAppendTime"
    assert plans["g-ledger-changelog"].settings["cleanup.policy"] == "compact"


def test_another_number_of_partitions_is_a_conflict_that_names_the_remedy() -> None:
    plans = plan_topics("fenghuo", "g", 6)
    (conflict,) = find_conflicts(plans, {"fenghuo.events": 8, "fenghuo.commands": 6})
    assert conflict.startswith("fenghuo.events: has 8 partitions, 6 wanted; give --partitions 8")


class Loader:
    """Engines that bear the text of a file; `bad` has faults."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load_engine(self, in_force: Engine | None) -> Engine:
        text = self._file.read_text()
        if text == "bad":
            raise EngineRefused("rules.yml: line 1: bad")
        return CountingEngine(text)


def look_twice(watch: RulesWatch) -> Engine | None:
    """The first look sees a change, the second that the files have stood still since."""
    assert asyncio.run(watch.look()) is None
    return asyncio.run(watch.look())


def test_changed_rules_are_swapped_and_faulty_ones_leave_the_old_in_force(tmp_path: Path) -> None:
    file, metrics = tmp_path / "rules.yml", Metrics()
    file.write_text("first")
    loader = Loader(file)
    first = loader.load_engine(None)
    watch = RulesWatch(loader, first, (tmp_path,), metrics)
    assert asyncio.run(watch.look()) is None
    file.write_text("bad")
    assert look_twice(watch) is None
    assert watch.in_force is first
    assert b"fenghuo_rule_reload_failed 1.0" in metrics.text()
    file.write_text("second")
    second = look_twice(watch)
    assert second is watch.in_force
    assert second.rules.content_id == CountingEngine("second").rules.content_id
    assert second.rules.content_id != first.rules.content_id
    assert b"fenghuo_rule_reload_failed 0.0" in metrics.text()
    name = second.rules.content_id.encode()
    assert b'fenghuo_rule_set_info{id="%s"} 1.0' % name in metrics.text()


def test_dead_letters_are_published_with_reason_place_and_original_bytes() -> None:
    met = Record(topic="t", partition=3, offset=9, timestamp=1, key=b"acme", value=b"x")
    (publication,) = publications_of([expire_offsets(met, 5, 8)])
    letter = json.loads(publication.value)
    assert publication.role == "dead_letters"
    assert (letter["reason"], letter["topic"], letter["partition"]) == ("expired", "t", 3)
    assert (letter["offset"], letter["original"]) == (5, "")


def test_a_sighting_that_the_engine_cannot_take_is_nobody_s_event_and_has_no_account() -> None:
    record = Record(
        topic="fenghuo.sightings", partition=3, offset=9, timestamp=1, key=b"c" * 32, value=b"{}"
    )
    (letter,) = refuse_record(record, "it raised")
    assert isinstance(letter, DeadLetter)
    assert (letter.reason, letter.enterprise_id, letter.events) == ("engine_fault", "", 0)
    assert (letter.partition, letter.offset, letter.original) == (3, 9, b"{}")


def test_sightings_and_campaigns_are_keyed_by_campaign_and_members_are_not_sent() -> None:
    nation = Nation()
    told = [
        sighting
        for number in range(3)
        for sighting in nation.tell(incident(str(number), f"works-{number}", number, EVIL))
    ]
    found = nation.gather(*told)
    sent = [*publications_of([*told, *found])]
    assert [each.role for each in sent] == ["sightings"] * 3 + ["campaigns"]
    assert {each.key.decode() for each in sent} == {told[0].campaign_id}
    assert b"works-" not in sent[-1].value
    assert msgspec.json.decode(sent[0].value, type=Sighting) == told[0]
