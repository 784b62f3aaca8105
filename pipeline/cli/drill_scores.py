"""`fenghuo drill score`: how everybody did, worked out again from rows each time (shell)."""

import time
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from dashboards.words import PROVINCE, Language
from pipeline.app.drill_rows import (
    NoSuchDrill,
    keep_scores,
    read_evidence,
    read_run,
    score_drill,
)
from pipeline.cli.drill_plans import WORDS
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import keep_option, open_sink, sink_options
from pipeline.cli.terminal import cell, say
from pipeline.drills.report_parts import span
from pipeline.drills.scoring import REACHED, Evidence, Summary, by_province, summarise
from schemas.drill import DrillScore
from schemas.glossary import capital, read
from schemas.glossary_drills import MILESTONE, OUTCOME, SCORE
from schemas.moments import SECOND, Moment, format_moment
from sinks.contract import Store


def scores_of(sink: Store, drill: str, now: Moment) -> list[DrillScore]:
    """Worked out now; a drill that is not there ends the command."""
    try:
        return score_drill(sink, read_run(sink, drill), now)
    except NoSuchDrill as fault:
        raise click.ClickException(str(fault)) from fault


@click.command("score")
@click.argument("drill")
@sink_options
@keep_option
@lang_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object: drill, provinces, all.")
def score_command(
    drill: str, store: Path | None, database: str, is_kept: bool, lang: Language, as_json: bool
) -> None:
    """How the participants of DRILL did, by enterprise, province and in all.

    Worked out of the store's rows, and kept in its table drill_scores for boards and reports.
    """
    now = time.time_ns() // 1_000
    with open_sink(store, database, must_exist=True) as sink:
        scores = scores_of(sink, drill, now)
        if is_kept:
            keep_scores(sink, scores)
        evidence = read_evidence(sink, drill) if as_json else {}
    whole = summarise(drill, scores)
    if as_json:
        say(msgspec.json.encode({
            "drill": whole,
            "provinces": by_province(scores),
            "enterprises": [_object(each, evidence.get(each.enterprise_id)) for each in scores],
        }))  # fmt: skip
        return
    console = Console()
    console.print(_scores(scores, lang))
    console.print(_summaries([*by_province(scores), whole], drill, lang))


def _object(score: DrillScore, evidence: Evidence | None) -> dict[str, object]:
    row: dict[str, object] = _with_times(msgspec.to_builtins(score))
    reports = evidence.reports if evidence else ()
    row["reports_each"] = [
        {**_with_times(msgspec.to_builtins(each)), "is_in_time": each.is_in_time()}
        for each in reports
    ]
    return row


def _with_times(row: dict[str, object]) -> dict[str, object]:
    return {
        name: format_moment(value) if name.endswith("_at") and isinstance(value, int) else value
        for name, value in row.items()
    }


def _scores(scores: Sequence[DrillScore], language: Language) -> Table:
    table = _table(("participant", "drill_outcome"), language)
    for name in ("missed", "reports_in_time", "false_alarms"):
        table.add_column(capital(read(SCORE, name, language)), justify="right")
    for each in scores:
        reached = (getattr(each, column) for column in REACHED.values())
        after = (None if at is None else (at - each.struck_at) / SECOND for at in reached)
        table.add_row(
            cell(each.enterprise_id),
            read(OUTCOME, each.outcome, language),
            " ".join(map(span, after)),
            f"{each.missed}/{each.attacks}",
            f"{each.reports_in_time}/{each.reports}",
            str(each.false_alarms),
        )
    return table


def _table(names: Sequence[str], language: Language) -> Table:
    """Its columns, then the milestones as one: five would not fit a terminal."""
    table = Table()
    for name in names:
        table.add_column(capital(read(WORDS, name, language)))
    table.add_column("/".join(read(MILESTONE, name, language) for name in REACHED), overflow="fold")
    return table


def _summaries(summaries: Sequence[Summary], drill: str, language: Language) -> Table:
    table = _table(("province", "participants", "drill_outcome"), language)
    for name in ("missed", "right_verdicts", "reports_in_time"):
        table.add_column(capital(read(SCORE, name, language)), justify="right")
    for each in summaries:
        outcomes = (f"{read(OUTCOME, key, language)} {n}" for key, n in each.outcomes.items())
        table.add_row(
            cell(drill if each.group == drill else read(PROVINCE, each.group, language)),
            str(each.enterprises),
            ", ".join(outcomes),
            " ".join(span(each.median_s.get(name)) for name in REACHED),
            f"{each.missed}/{each.attacks}",
            f"{each.right_verdicts}/{each.right_verdicts + each.wrong_verdicts}",
            f"{each.reports_in_time}/{each.reports}",
        )
    return table
