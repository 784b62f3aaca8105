"""`fenghuo drill run`, `stop`, `record`, `status`: playing a drill, and how it stands (shell)."""

import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import click
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dashboards.words import Language
from pipeline.app.drill_rows import read_runs, score_drill, write_run
from pipeline.app.drill_runs import (
    Due,
    Journal,
    Progress,
    World,
    make_parcels,
    plan_id,
    play,
    sent_of,
)
from pipeline.app.publishing import Parcel, publish_parcels
from pipeline.cli.drill_files import drill_options, load_drill
from pipeline.cli.drill_plans import heads_of
from pipeline.cli.drill_scores import counts_of
from pipeline.cli.kafka_options import KafkaOptions, kafka_options, prefix_option
from pipeline.cli.options import FILE, json_option
from pipeline.cli.signing import read_private_key
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import print_table
from pipeline.cli.terminal import say
from pipeline.drills.planning import DrillPlan, plan_drill
from pipeline.drills.scoring import summarise
from pipeline.drills.traffic import make_shipments
from pipeline.intake.organisers import SEPARATOR
from pipeline.kafka.clients import producing
from pipeline.kafka.preflight import require
from pipeline.policy import Policy
from schemas.drill import DrillState
from schemas.glossary import Term, read
from schemas.glossary_drills import STATE
from schemas.moments import MINUTE, SECOND, Moment, format_moment, moment_of, read_moment
from schemas.topics import topic_name
from sinks.contract import Sink, SinkError

LATE_START: Final = 5 * MINUTE
"""A drill whose start is longer ago than this is not begun by mistake."""
NOW_S: Final = 5
_NONE: Final = Term("没有演练。", "No drills.")


@click.command("run")
@drill_options
@click.option("--key-id", required=True, help="The id of the organiser's key in the policy.")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=FILE,
    help="The organiser's private key, PEM, of `fenghuo keys new`.",
)
@kafka_options()
@prefix_option
@store_options
@click.option("--now", "is_now", is_flag=True, help="A rehearsal: begin now, not at its start.")
@click.option("--no-rows", is_flag=True, help="Another holds the store: `drill record` later.")
def run_command(
    file: Path,
    registry: Path,
    policy: Path,
    key_id: str,
    key_file: Path,
    kafka: KafkaOptions,
    prefix: str,
    store: ChosenStore,
    is_now: bool,
    no_rows: bool,
) -> None:
    """Play the drill of FILE: wait for its start, then send each batch when it is due.

    A run that was killed goes on where Kafka last acknowledged, when called again in the same
    way. One JSON object on stdout at the end.
    """
    drill, known, in_force = load_drill(file, registry, policy)
    key, journal = read_private_key(key_file), Journal(file)
    before = _before(journal)
    starts_at = before.starts_at if before else _start(moment_of(drill.start), is_now)
    plan = plan_drill(drill, known, starts_at)
    _check_organiser(plan, in_force, key_id, key)
    progress = _progress(journal, plan, before)
    shipments = make_shipments(plan)
    dues = make_parcels(plan, shipments, key_id, key)
    access = kafka.access()
    require(access, "enterprise", prefix)
    with _rows(store, no_rows, plan) as write_rows, producing(access) as producer:
        world = World(
            publish=partial(_publish, producer, topic_name("events", prefix)),
            write_rows=write_rows,
            now=_now,
            sleep=time.sleep,
        )
        say(f"{drill.name}: {len(dues)} batches, from {format_moment(starts_at)}", err=True)
        ended = play(dues, progress, journal, world)
    sent = sent_of(dues[: ended.acknowledged])
    events = sum(count for _, count in sent.values())
    say(msgspec.json.encode({"drill": drill.name, "state": ended.state,
                             "batches": ended.acknowledged, "events": events}))  # fmt: skip


def _now() -> Moment:
    return time.time_ns() // 1_000


def _before(journal: Journal) -> Progress | None:
    try:
        return journal.read()
    except ValueError as fault:
        raise click.ClickException(f"{fault}; move it away") from fault


def _start(planned: Moment, is_now: bool) -> Moment:
    now = _now()
    if is_now:
        return (now // SECOND + NOW_S) * SECOND
    if now - planned > LATE_START:
        raise click.ClickException(
            f"its start, {format_moment(planned)}, is over: write another start and have that "
            "registered, or rehearse with --now"
        )
    return planned


def _progress(journal: Journal, plan: DrillPlan, before: Progress | None) -> Progress:
    """Where to begin; a drill that is over, or another plan, ends the command."""
    if before is None:
        return Progress(
            drill=plan.file.name, plan_id=plan_id(plan), starts_at=plan.starts_at, state="running"
        )
    remedy = f"give this one another name and file, or move {journal.path} away"
    if before.state in ("finished", "stopped"):
        raise click.ClickException(f"{before.drill!r} is {before.state}; {remedy}")
    if before.plan_id != plan_id(plan):
        raise click.ClickException(f"file or registry changed since {before.drill!r} ran; {remedy}")
    return before


def _check_organiser(plan: DrillPlan, policy: Policy, key_id: str, key: Ed25519PrivateKey) -> None:
    """Before anything is sent: would the workers take it, with this policy?"""
    name = plan.file.organiser
    registered = policy.exercises.key_of(f"{name}{SEPARATOR}{key_id}")
    if registered is None:
        raise click.ClickException(f"{name!r} has no key {key_id!r} in the policy; register it")
    if registered.public_key != b64encode(key.public_key().public_bytes_raw()).decode():
        raise click.ClickException(f"the private key is not that of {name}{SEPARATOR}{key_id}")
    faults = dict.fromkeys(
        fault
        for each in plan.enterprises
        for at in (plan.starts_at, plan.ends_at)
        if (fault := policy.exercises.refusal_of_organiser(
            name, plan.file.name, each.enterprise_id, at
        ))
    )  # fmt: skip
    if faults:
        raise click.ClickException(
            f"workers would refuse it: {next(iter(faults))}; put what `fenghuo drill plan "
            "--registration` prints into their policy"
        )


class _Telling:
    """What becomes of parcels, as far as somebody should know."""

    def acknowledged(self, parcel: Parcel, place: tuple[int, int]) -> None:
        """Counted by the journal."""

    def left_out(self, parcel: Parcel) -> None:
        """The simulator writes no such lines."""
        raise AssertionError(parcel.chunk.batch_id)

    def silent(self, waited_s: float) -> None:
        """The drill stands still meanwhile."""
        say(f"nothing was acknowledged for {waited_s:.0f} s; waiting", err=True)


def _publish(producer: object, topic: str, parcels: Sequence[Parcel]) -> None:
    publish_parcels(producer, topic, parcels, _Telling())


WriteRows = Callable[[DrillState, Sequence[Due], Moment], None]


@contextmanager
def _rows(store: ChosenStore, no_rows: bool, plan: DrillPlan) -> Iterator[WriteRows]:
    """Rows into the store; a store that is away is told of, and the drill goes on."""
    if no_rows:
        yield lambda state, sent, now: None
        return
    with store.open() as sink:
        sink.migrate()
        yield partial(_write_rows, sink, plan)


def _write_rows(
    sink: Sink, plan: DrillPlan, state: DrillState, sent: Sequence[Due], now: Moment
) -> None:
    try:
        write_run(sink, plan, state, sent_of(sent), now)
    except SinkError as fault:
        say(f"{fault}; the drill goes on, `fenghuo drill record` writes its rows", err=True)


@click.command("stop")
@click.argument("file", type=FILE)
def stop_command(file: Path) -> None:
    """Let the run of the drill in FILE end within a second; one that was killed ends when called
    again."""
    journal = Journal(file)
    before = _before(journal)
    if before is not None and before.state in ("finished", "stopped"):
        raise click.ClickException(f"{before.drill!r} is {before.state} already")
    journal.ask_to_stop()


@click.command("record")
@drill_options
@store_options
def record_command(file: Path, registry: Path, policy: Path, store: ChosenStore) -> None:
    """Write the rows of the drill in FILE, as far as its run came, into a store."""
    drill, known, _ = load_drill(file, registry, policy)
    progress = _before(Journal(file))
    if progress is None:
        raise click.ClickException(f"{file}: never run here: `fenghuo drill run`")
    plan = plan_drill(drill, known, progress.starts_at)
    if plan_id(plan) != progress.plan_id:
        raise click.ClickException(f"{file}: it, or the registry, changed since the run")
    unsigned = Ed25519PrivateKey.from_private_bytes(bytes(32))  # only counted, never sent
    dues = make_parcels(plan, make_shipments(plan), "", unsigned)
    with store.open() as sink:
        sink.migrate()
        write_run(sink, plan, progress.state, sent_of(dues[: progress.acknowledged]), _now())


@click.command("status")
@store_options
@lang_option
@json_option()
def status_command(store: ChosenStore, lang: Language, as_json: bool) -> None:
    """Every drill of the store: how far it is, how much arrived, who answered."""
    with store.read() as sink:
        rows = [
            (run, summarise(run.drill, scores), sum(each.arrived_events for each in scores))
            for run in read_runs(sink)
            for scores in [score_drill(sink, run, _now())]
        ]
    if as_json:
        for run, summary, arrived in rows:
            row = {**msgspec.to_builtins(run), "arrived_events": arrived,
                   "outcomes": summary.outcomes}  # fmt: skip
            row |= {name: format_moment(row[name]) for name in row if name.endswith("_at")}
            say(msgspec.json.encode(row))
        return
    names = ("drill", "drill_state", "drill_starts_at", "participants", "sent_events",
             "arrived_events", "drill_outcome")  # fmt: skip
    print_table(
        heads_of(names, lang),
        [
            (
                run.drill, read(STATE, run.state, lang), read_moment(run.starts_at, lang),
                run.enterprises, f"{run.sent_events:,}", f"{arrived:,}",
                counts_of(summary, lang),
            )
            for run, summary, arrived in rows
        ],
        empty=_NONE.of(lang),
    )  # fmt: skip
