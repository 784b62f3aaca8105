"""`fenghuo drill score`: how everybody did, worked out again from rows each time (shell)."""

import time
from collections.abc import Sequence

import click
import msgspec

from dashboards.words import PROVINCE, Language
from pipeline.app.drill_rows import (
    NoSuchDrill,
    keep_scores,
    read_evidence,
    read_run,
    score_drill,
)
from pipeline.cli.drill_plans import heads_of
from pipeline.cli.options import json_option
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, keep_option, store_options
from pipeline.cli.tables import print_table
from pipeline.cli.terminal import say
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
@store_options
@keep_option
@lang_option
@json_option("One JSON object: drill, provinces, all.")
def score_command(
    drill: str, store: ChosenStore, is_kept: bool, lang: Language, as_json: bool
) -> None:
    """How the participants of DRILL did, by enterprise, province and in all.

    Worked out of the store's rows, and kept in its table drill_scores for boards and reports.
    """
    now = time.time_ns() // 1_000
    with store.read() as sink:
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
    counted = ("missed", "reports_in_time", "false_alarms")
    heads = _heads(("participant", "drill_outcome"), counted, lang)
    print_table(heads, [_score_row(each, lang) for each in scores])
    counted = ("missed", "right_verdicts", "reports_in_time")
    heads = _heads(("province", "participants", "drill_outcome"), counted, lang)
    groups = [*by_province(scores), whole]
    print_table(heads, [_group_row(each, drill, lang) for each in groups])


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


def _heads(left: Sequence[str], right: Sequence[str], language: Language) -> list[str]:
    """The milestones stand between, as one column: five would not fit a terminal."""
    milestones = "/".join(read(MILESTONE, name, language) for name in REACHED)
    counted = [capital(read(SCORE, name, language)) for name in right]
    return [*heads_of(left, language), milestones, *counted]


def _score_row(each: DrillScore, language: Language) -> tuple[object, ...]:
    reached = (getattr(each, column) for column in REACHED.values())
    after = (None if at is None else (at - each.struck_at) / SECOND for at in reached)
    return (
        each.enterprise_id,
        read(OUTCOME, each.outcome, language),
        " ".join(map(span, after)),
        f"{each.missed}/{each.attacks}",
        f"{each.reports_in_time}/{each.reports}",
        each.false_alarms,
    )


def _group_row(each: Summary, drill: str, language: Language) -> tuple[object, ...]:
    return (
        drill if each.group == drill else read(PROVINCE, each.group, language),
        each.enterprises,
        counts_of(each, language),
        " ".join(span(each.median_s.get(name)) for name in REACHED),
        f"{each.missed}/{each.attacks}",
        f"{each.right_verdicts}/{each.right_verdicts + each.wrong_verdicts}",
        f"{each.reports_in_time}/{each.reports}",
    )


def counts_of(summary: Summary, language: Language) -> str:
    """How many had each outcome."""
    counted = summary.outcomes.items()
    return ", ".join(f"{read(OUTCOME, name, language)} {count}" for name, count in counted)
