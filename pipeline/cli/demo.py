"""`fenghuo demo`: the main job, for a newcomer, with everything it needs brought up (shell).

broker (embedded, in memory) ← signed batches of made enterprises
  └─ worker (the real one, a process) → store (embedded ClickHouse) → incidents, report
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from dashboards.words import Language, Text
from pipeline.app.embedded_states import EmbeddedStates
from pipeline.app.incident_rows import OPEN, read_incidents
from pipeline.cli.campaign_list import print_campaigns, read_campaigns
from pipeline.cli.engines import load_draft
from pipeline.cli.incident_list import print_incidents
from pipeline.cli.report import write_report
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import open_sink
from pipeline.cli.tables import terminal
from pipeline.demo.states import keep_states, read_states
from pipeline.demo.traffic import publish_traffic, write_registry
from pipeline.demo.worker_process import Applied, WorkerFault, WorkerProcess, running_worker
from pipeline.embedded.broker import BrokerFault, embedded_broker
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.clients import producing
from pipeline.kafka.faults import KafkaFault
from pipeline.kafka.topics import make_topics, plan_topics
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import Publisher, make_registry
from pipeline.simulate.traffic import make_traffic
from schemas.moments import SECOND
from schemas.topics import DEFAULT_PREFIX, topic_name

_CAMPAIGNS = Text(
    "跨企业活动：同一攻击者在多家企业留下的同一指标",
    "Campaigns: one attacker, seen by the same indicator at several enterprises",
)
_RUNNING = Text(
    "消息代理 {broker} · 工作进程 · 存储 {store}", "broker {broker} · worker · store {store}"
)
_PUBLISHED, _APPLIED = Text("已发布", "published"), Text("已处理", "applied")
_ACCOUNT = Text(
    "{enterprises} 家企业的 {events} 条日志 = 存储 {stored} + 迟到 {late} + 丢弃 {dropped} "
    "+ 死信 {dead_lettered}",
    "{events} events of {enterprises} enterprises = {stored} stored + {late} late + "
    "{dropped} dropped + {dead_lettered} dead-lettered",
)
_PLACES = Text("报告：{report}    存储：{store}", "report: {report}    store: {store}")
GROUP = "fenghuo"
PARTITIONS = 4
PATIENCE_S = 300.0
CAMPAIGN = "vulnerability_backdoor"
"""The story that one attacker tells at several enterprises."""


@click.command("demo")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-out"))
@click.option("--seed", default=1, show_default=True, help="Another seed, another country.")
@click.option("--enterprises", default=200, show_default=True, type=click.IntRange(10, 5_000))
@click.option("--events", default=150, show_default=True, help="Mean per enterprise.")
@lang_option
@click.option("--port", default=0, help="Of the broker; another is taken if it is busy.")
def demo_command(
    out: Path, seed: int, enterprises: int, events: int, lang: Language, port: int
) -> None:
    """Made enterprises in 31 provinces publish events; four attacks hide in them; find them.

    One of the four is told at three enterprises by one attacker: the same incident three times,
    and one campaign.

    Leaves OUT/report.html and the store OUT/store for `fenghuo sql`, `fenghuo incidents`.
    """
    console = terminal()
    place = DemoPlace(out)
    place.clear()
    publishers = make_registry(seed, enterprises)
    write_registry(place.registry, (enterprise for enterprise, _ in publishers))
    now = time.time_ns() // 1_000
    config = SimulationConfig(start=now - 7_200 * SECOND, events=events, campaign=CAMPAIGN)
    try:
        _stream(console, place, publishers, seed, config, port, lang)
    except (BrokerFault, KafkaFault, WorkerFault) as fault:
        raise click.ClickException(str(fault)) from fault
    _conclude(console, place, lang)


class DemoPlace:
    """The files of a demonstration."""

    def __init__(self, out: Path) -> None:
        self.store = out / "store"
        self.registry = out / "registry.ndjson"
        self.log = out / "worker.log"
        self.report = out / "report.html"

    def clear(self) -> None:
        """Remove what an earlier demonstration left, and nothing else."""
        shutil.rmtree(self.store, ignore_errors=True)
        self.store.parent.mkdir(parents=True, exist_ok=True)


def _stream(
    console: Console,
    place: DemoPlace,
    publishers: list[Publisher],
    seed: int,
    config: SimulationConfig,
    port: int,
    lang: Language,
) -> None:
    """Broker and worker up, everything published and applied, both down again."""
    with (
        embedded_broker(port) as bootstrap,
        _producing(bootstrap) as producer,
        running_worker(bootstrap, place.store, place.registry, place.log) as worker,
        _bars(console) as bars,
    ):
        running = _RUNNING.of(lang).format(broker=bootstrap, store=place.store)
        console.print(running, style="dim")
        publishing = bars.add_task(_PUBLISHED.of(lang), total=None)
        applying = bars.add_task(_APPLIED.of(lang), total=None)
        batches = list(make_traffic(seed, config, publishers))
        total = sum(len(batch.lines) for batch in batches)
        bars.update(publishing, total=total)
        bars.update(applying, total=total)
        publish_traffic(
            producer,
            topic_name("events"),
            publishers,
            batches,
            lambda count: bars.advance(publishing, count),
        )
        for applied in _applied(worker, total):
            bars.update(applying, completed=applied)
        worker.stop()
        _take_over(bootstrap, place)


def _take_over(bootstrap: str, place: DemoPlace) -> None:
    """Keep the worker's states with the store, for commands after the broker is gone."""
    engine = load_draft((), place.registry, None)
    states = EmbeddedStates(place.store)
    states.adopt(engine.rules.content_id, engine.policy, engine.registry)
    keep_states(states, read_states(KafkaAccess(bootstrap), GROUP))


@contextmanager
def _producing(bootstrap: str) -> Iterator[object]:
    access = KafkaAccess(bootstrap)
    make_topics(access, plan_topics(DEFAULT_PREFIX, GROUP, PARTITIONS), replication=1)
    with producing(access) as producer:
        yield producer


@contextmanager
def _bars(console: Console) -> Iterator[Progress]:
    columns = (TextColumn("{task.description:9}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bars:
        yield bars


def _applied(worker: WorkerProcess, total: int) -> Iterator[int]:
    """Events applied so far, until all are, and all that they told of campaigns is gathered.

    WorkerFault where nothing moves any more.
    """
    applied, moved_at = Applied(), time.monotonic()
    while applied.events < total or applied.gathered < applied.told:
        time.sleep(0.25)
        before, applied = applied, worker.applied()
        moved_at = time.monotonic() if applied != before else moved_at
        if time.monotonic() - moved_at > PATIENCE_S:
            raise WorkerFault(f"nothing moved for {PATIENCE_S:.0f} s: {applied}, {total} events")
        yield applied.events


def _conclude(console: Console, place: DemoPlace, lang: Language) -> None:
    """What a newcomer came for: the incidents, and where to look further."""
    with open_sink(place.store) as sink:
        (counts,) = sink.query(
            "SELECT sum(events) AS events, sum(stored) AS stored, sum(late) AS late, "
            "sum(dropped) AS dropped, sum(dead_lettered) AS dead_lettered, "
            "uniqExact(enterprise_id) AS enterprises FROM batches"
        )
        print_incidents(console, read_incidents(sink, OPEN), lang)
        console.print(_CAMPAIGNS.of(lang), style="bold")
        print_campaigns(console, read_campaigns(sink), lang)
        write_report(sink, place.report, lang, time.time_ns() // 1_000)
    console.print(_ACCOUNT.of(lang).format(**counts))
    console.print(_PLACES.of(lang).format(report=place.report, store=place.store), style="bold")
