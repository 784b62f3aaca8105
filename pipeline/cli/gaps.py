"""`fenghuo gaps`: stored events that the rules in force never saw (shell)."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import click
import msgspec

from pipeline.cli.investigations import investigations_of
from pipeline.cli.options import json_option
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import print_table
from pipeline.cli.terminal import say, say_json_lines
from pipeline.replay.gap_reading import FoundGaps, GapsUnknown, read_covered, read_gaps
from pipeline.replay.gaps import Cause, Covered, Gap, Unseen
from schemas.glossary import INCIDENT, Term, capital
from schemas.language import Language
from schemas.moments import DAY, Moment, format_moment
from sinks.contract import QueryFailed

SHOWN = 3
"""Rules that the table names of one gap; JSON has all."""
_HEADS: Final = (
    INCIDENT["enterprise"],
    Term("首批接收时间", "first received"),
    Term("末批接收时间", "last received"),
    INCIDENT["event"],
    Term("规则数", "rules"),
    Term("未检查的规则", "never seen by"),
    Term("已由调查回放补查", "filled by"),
)
_CAUSES: Final[dict[Cause, Term]] = {
    "added": Term("新增", "added"),
    "changed": Term("已修改", "changed"),
    "unknown": Term("不明", "unknown"),
}
_MORE: Final = Term("另有 {count} 条", "{count} more")


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Which gaps: the command gets `since`, `enterprises` and `rules`."""
    days = click.option(
        "--days",
        "since",
        type=click.IntRange(1, 36_500),
        callback=lambda _context, _option, given: _days_ago(given),
        help="Received in so many days up to now; default: ever.",
    )
    enterprises = click.option("--enterprise", "enterprises", multiple=True, help="Only these.")
    rules = click.option("--rule", "rules", multiple=True, help="Only these: id or title.")
    return days(enterprises(rules(command)))


def _days_ago(days: int | None) -> Moment:
    return 0 if days is None else max(0, time.time_ns() // 1_000 - days * DAY)


@click.command("list")
@choice_options
@json_option("One JSON object a gap, with all its rules.")
@lang_option
@store_options
def list_command(
    since: Moment,
    enterprises: tuple[str, ...],
    rules: tuple[str, ...],
    as_json: bool,
    lang: Language,
    store: ChosenStore,
) -> None:
    """Runs of batches of an enterprise that hold events which a rule in force never saw.

    Drills are left out. Of each enterprise: events seen + events in gaps = events stored.
    """
    found = find_gaps(store, since, enterprises, rules)
    if as_json:
        say_json_lines(map(_for_scripts, found.gaps))
    elif found.gaps:
        print_table(
            [capital(head.of(lang)) for head in _HEADS],
            [
                (
                    each.enterprise_id,
                    format_moment(each.first_received_at),
                    format_moment(each.last_received_at),
                    each.events,
                    len(each.rules),
                    _named(each.rules, lang),
                    ", ".join(each.filled_by),
                )
                for each in found.gaps
            ],
        )
    tell_sums(found)


def find_gaps(
    store: ChosenStore, since: Moment, enterprises: tuple[str, ...], rules: tuple[str, ...]
) -> FoundGaps:
    """Those that were chosen; a store that cannot say ends the command with exit code 1."""
    covered = {name: _covered(each) for name, each in investigations_of(store).items()}
    with _faults_told(), store.read() as sink:
        return read_gaps(sink, since, enterprises, rules, covered)


def _covered(investigation: ChosenStore) -> Covered:
    """What it has seen to its end; nothing where it was made before its rules were told."""
    with investigation.read() as sink:
        try:
            is_finished = any(row["finished_at"] for row in sink.view("investigations"))
            return read_covered(sink) if is_finished else Covered({}, {})
        except QueryFailed:
            return Covered({}, {})


@contextmanager
def _faults_told() -> Iterator[None]:
    try:
        yield
    except GapsUnknown as fault:
        raise click.ClickException(str(fault)) from fault


def tell_sums(found: FoundGaps) -> None:
    """What there is, as a sum, and of which rules."""
    sums, of = found.sums, len({each.enterprise_id for each in found.gaps})
    filled = sum(1 for each in found.gaps if each.filled_by)
    say(f"{sums.stored} events stored = {sums.seen} seen + {sums.in_gaps} in gaps", err=True)
    say(
        f"{len(found.gaps)} gaps of {of} enterprises ({filled} filled), by {found.rules} rules of "
        f"rule set {found.rule_set_id[:12]}",
        err=True,
    )


def _named(rules: Sequence[Unseen], lang: Language) -> str:
    named = [f"{each.title} ({_CAUSES[each.cause].of(lang)})" for each in rules[:SHOWN]]
    more = len(rules) - SHOWN
    return "; ".join([*named, _MORE.of(lang).format(count=more)] if more > 0 else named)


def _for_scripts(gap: Gap) -> dict[str, object]:
    """Its moments as text, as in every table of the store."""
    moments = ("first_received_at", "last_received_at")
    texts = {name: format_moment(getattr(gap, name)) for name in moments}
    return msgspec.structs.asdict(gap) | texts
