"""What an investigation says otherwise: on a terminal, as JSON lines, as an HTML page (shell)."""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import click
from jinja2 import Environment, PackageLoader, StrictUndefined

from dashboards.words import CHANGE
from pipeline.cli.terminal import say, say_json_lines
from pipeline.files.replacing import replace_file
from pipeline.kafka.past_records import Period
from pipeline.replay.differences import (
    EVENTS_TOLD,
    Difference,
    Reason,
    Side,
    lines_of,
    select_assessments,
    select_fired,
    select_incidents,
    side_of,
)
from schemas.glossary import Term
from schemas.language import Language
from schemas.moments import Moment, read_moment
from sinks.contract import Store

_TITLE: Final = Term(
    "调查 {name}：与{other}的差异", "Investigation {name}: what differs from {other}"
)
OTHERS: Final = {
    "live": Term("实时数据", "the live data"),
    "in force": Term("现行规则", "what is in force"),
}
"""What an investigation is held against."""
_SPAN: Final = Term("接收时间 {start} 至 {end}", "Received from {start} to {end}")
_NOTHING: Final = Term("没有差异。", "Nothing differs.")
NO_DIFFERENCE: Final = Term("没有差异", "nothing differs")
_MORE: Final = Term("另有 {count} 条事件日志", "and {count} more events")
_SHARES: Final = Term("与 {other} 有共同证据", "shares evidence with {other}")
_COLUMNS: Final = (
    Term("变化", "Change"),
    Term("事件", "Incident"),
    Term("单位", "Enterprise"),
    Term("标题", "Title"),
    Term("哪些不同", "What differs"),
    Term("原因", "Because of"),
)
_FACTS: Final = {
    "scenario": Term("场景", "scenario"),
    "level": Term("规则级别", "level"),
    "detection_count": Term("告警数", "detections"),
    "miit": Term("工信部级别", "MIIT's tier"),
    "cac": Term("网信办级别", "CAC's tier"),
}
_REASONS: Final = {
    "rule": Term("规则", "rule"),
    "limb": Term("情形条款", "limb"),
    "event": Term("事件日志", "event"),
}


def read_side(sink: Store, enterprises: Sequence[str], since: Moment) -> Side:
    """What is compared of a store's incidents that were revised since."""
    asked = (select_incidents, select_assessments, select_fired)
    return side_of(*(sink.query(select(enterprises, since)) for select in asked))


def say_differences(found: list[Difference], as_json: bool, lang: Language) -> None:
    """Each as lines for a person, or as one JSON object; that nothing differs is said."""
    if as_json:
        say_json_lines(found)
    else:
        for line in lines_of(found, lang):
            say(line)
    if not found:
        say(NO_DIFFERENCE.of(lang), err=as_json)


def write_differences(
    place: Path, found: Iterable[Difference], name: str, other: str, period: Period, lang: Language
) -> None:
    """The same as one HTML file that needs no network; an older one is replaced.

    `other` is one of OTHERS. Raises ClickException where the file cannot be written.
    """
    environment = Environment(
        loader=PackageLoader("pipeline.replay"),
        autoescape=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    start, end = (read_moment(each, lang) for each in (period.start, period.end))
    page = environment.get_template("differences.html.j2").render(
        language=lang,
        title=_TITLE.of(lang).format(name=name, other=OTHERS[other].of(lang)),
        span=_SPAN.of(lang).format(start=start, end=end),
        columns=[each.of(lang) for each in _COLUMNS],
        rows=[_row(each, lang) for each in found],
        nothing=_NOTHING.of(lang),
    )
    try:
        replace_file(place, page.encode())
    except OSError as fault:
        raise click.ClickException(
            f"{place}: {fault.strerror}; name a place that you may write and that has room"
        ) from fault


def _row(one: Difference, lang: Language) -> tuple[str | list[str], ...]:
    """The cells in the order of the columns; a list is one below the other."""
    changes = [
        f"{_FACTS[each.name].of(lang)}: {each.live or '-'} → {each.again or '-'}"
        for each in one.changes
    ]
    events = [each for each in one.reasons if each.kind == "event"]
    told = [each for each in one.reasons if each.kind != "event"]
    reasons = [_reason(each, lang) for each in (*told, *islice(events, EVENTS_TOLD))]
    if len(events) > EVENTS_TOLD:
        reasons.append(_MORE.of(lang).format(count=len(events) - EVENTS_TOLD))
    reasons += [_SHARES.of(lang).format(other=each[:12]) for each in one.shares]
    return (
        str(CHANGE[one.change].zh if lang == "zh" else CHANGE[one.change].en),
        (one.again_id or one.live_id)[:12],
        one.enterprise_id,
        one.title_zh if lang == "zh" else one.title_en,
        changes,
        reasons,
    )


def _reason(one: Reason, lang: Language) -> str:
    subject = f"{one.title} ({one.subject})" if one.title else one.subject
    return f"{_REASONS[one.kind].of(lang)} {subject}: {one.live} → {one.again}"
