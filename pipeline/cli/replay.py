"""`fenghuo replay`: a past period through the same engine, into a database of its own (shell).

What it can touch: it reads Kafka without a group and commits nothing, writes to no topic, reads
the live store for a difference and for what Kafka no longer holds, and writes only to the
database `investigation_<name>` (with `--both` to `investigation_<name>_in_force` besides; with
`--store`, to the folder `investigation_<name>` inside it). Live state, live tables and other
investigations are out of its reach.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias

import click

from pipeline.app.engines import OWN_RULES
from pipeline.app.incident_rows import read_incidents
from pipeline.app.stores import StoreFault
from pipeline.cli.differences import read_side, say_differences, write_differences
from pipeline.cli.engines import engine_options, load_engine
from pipeline.cli.incident_list import print_incidents
from pipeline.cli.investigations import name_option, store_aside
from pipeline.cli.kafka_options import KafkaOptions, kafka_options, prefix_option
from pipeline.cli.moments import RFC3339
from pipeline.cli.options import FILE, NEW_FILE, PATH, json_option
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, open_sink, store_options
from pipeline.cli.tables import terminal
from pipeline.cli.terminal import say
from pipeline.kafka.past_records import Period
from pipeline.kafka.preflight import require
from pipeline.path import Engine
from pipeline.replay.differences import Side, differences
from pipeline.replay.investigation import PREFIX, InvestigationRefused, Replay, replay, settings_of
from pipeline.replay.past_sources import KafkaTopics, PeriodGone, open_past
from pipeline.replay.warm_up import warm_up_of
from schemas.language import Language
from schemas.moments import SECOND, Moment, format_moment

_Parts: TypeAlias = tuple[tuple[Path, ...], Path | None, Path | None]
"""Of an engine: folders of rules, registry, policy."""


@click.command("replay")
@name_option
@click.option("--from", "start", type=RFC3339, required=True, help="Received since; RFC 3339.")
@click.option("--to", "end", type=RFC3339, required=True, help="Received before; RFC 3339.")
@click.option("--enterprise", "enterprises", multiple=True, help="Only these; default: all.")
@kafka_options(required=False)
@prefix_option
@click.option(
    "--source",
    type=click.Choice(["auto", "kafka", "store"]),
    default="auto",
    show_default=True,
    help="Where to read; auto: the store's lines for what Kafka no longer holds.",
)
@click.option("--diff", is_flag=True, help="Afterwards, what differs from the live incidents.")
@click.option(
    "--both",
    is_flag=True,
    help="Beside it, NAME_in_force: the same records with what is in force; then what differs.",
)
@click.option(
    "--live-rules",
    multiple=True,
    envvar="FENGHUO_RULES",
    type=PATH,
    help="With --both: rules in force.",
)
@click.option(
    "--live-policy", envvar="FENGHUO_POLICY", type=FILE, help="With --both: policy in force."
)
@click.option(
    "--live-registry",
    envvar="FENGHUO_REGISTRY",
    type=FILE,
    help="With --both: registry in force.",
)
@json_option("With --diff or --both: one JSON object a difference.")
@click.option(
    "--html",
    "page",
    type=NEW_FILE,
    help="With --diff or --both: what differs as an HTML file besides.",
)
@lang_option
@engine_options
@store_options
def replay_command(
    name: str,
    start: Moment,
    end: Moment,
    enterprises: tuple[str, ...],
    kafka: KafkaOptions,
    prefix: str,
    source: str,
    diff: bool,
    both: bool,
    live_rules: tuple[Path, ...],
    live_policy: Path | None,
    live_registry: Path | None,
    as_json: bool,
    page: Path | None,
    lang: Language,
    rule_folders: tuple[Path, ...],
    registry: Path | None,
    policy: Path | None,
    store: ChosenStore,
) -> None:
    """Run the records of a period again, aside: with other rules, or for a closer look."""
    if start >= end:
        raise click.BadParameter("the period is empty: --from is not before --to")
    if (as_json or page) and not (diff or both):
        raise click.UsageError("--json and --html are of what differs: give --diff or --both")
    period, topics = Period(start, end), _topics(kafka, prefix, source)
    new = (rule_folders, registry, policy)
    in_force = (live_rules or (OWN_RULES,), live_registry or registry, live_policy)
    engines = _engines(name, new, in_force if both else None)
    for engine in engines.values():
        _check_enterprises(engine, enterprises)
    live = Side([])
    if diff and not both:
        with store.read() as sink:  # first: where there is nothing to compare with, all ends here
            live = read_side(sink, enterprises, period.start)
    warm_up = max(map(warm_up_of, engines.values()))
    aside = store_aside(store, name)
    kept = None if source == "kafka" else store
    tell = partial(say, err=True)
    with (
        replay_faults_told(),
        open_past(topics, kept, enterprises, period, warm_up, tell) as past,
        ExitStack() as stack,
    ):
        tell(f"warm-up: {warm_up // SECOND} s before, not written")
        sides = [
            Replay(
                each,
                engine,
                stack.enter_context(open_sink(aside.folder, f"{PREFIX}{each}")),
                settings_of(engine, period, enterprises, source, prefix),
                period,
                warm_up,
                tell,
                # How far it has come is the same for both: once is enough.
                tell if each == name else lambda _: None,
            )
            for each, engine in engines.items()
        ]
        for side in sides:
            side.begin()
        replay(sides, past.given)
        incidents = read_incidents(sides[0].sink)
        compared = [read_side(each.sink, enterprises, 0) for each in sides if diff or both]
    if not as_json:
        print_incidents(terminal(), incidents, lang)
    for remark in (
        *(each.summary.line() for each in sides),
        *past.reread.remarks(),
        # No fault, as in a backtest: of commands and timers alone a period has something to show.
        *nothing_heard_remarks(sides[0].summary.events, period),
    ):
        tell(remark)
    if compared:
        after, before = compared if both else (*compared, live)
        found = differences(before, after, past.whole_since, end)
        say_differences(found, as_json, lang)
        if page:
            other = "in force" if both else "live"
            write_differences(page, found, name, other, Period(past.whole_since, end), lang)


def _engines(name: str, new: _Parts, in_force: _Parts | None) -> dict[str, Engine]:
    """By the investigation that each is for; what is new only in part is else as in force."""
    if in_force is None:
        return {name: load_engine(*new)}
    rules, registry, policy = in_force
    changed = load_engine(new[0] or rules, new[1] or registry, new[2] or policy)
    return {name: changed, f"{name}_in_force": load_engine(*in_force)}


@contextmanager
def replay_faults_told() -> Iterator[None]:
    """What cannot be read, or is taken, ends the command with exit code 1."""
    try:
        yield
    except (PeriodGone, InvestigationRefused, StoreFault) as fault:
        raise click.ClickException(str(fault)) from fault


def nothing_heard_remarks(events: int, period: Period) -> list[str]:
    """That nothing differs in a past in which nothing was heard proves nothing: say so."""
    if events:
        return []
    start, end = map(format_moment, (period.start, period.end))
    return [
        f"no event of an enterprise of the registry was received from {start} to {end}; "
        "give another period, or the --registry of that time"
    ]


def _topics(kafka: KafkaOptions, prefix: str, source: str) -> KafkaTopics | None:
    if source == "store":
        return None
    if not kafka.bootstrap:
        raise click.UsageError("name a broker by --bootstrap, or read the store: --source store")
    access = kafka.access()
    require(access, "investigator", prefix)
    return KafkaTopics(access, prefix)


def _check_enterprises(engine: Engine, enterprises: Iterable[str]) -> None:
    strangers = [each for each in enterprises if each not in engine.registry]
    if strangers:
        raise click.BadParameter(
            f"{', '.join(map(repr, strangers))} not in the registry; name rows of --registry",
            param_hint="--enterprise",
        )
