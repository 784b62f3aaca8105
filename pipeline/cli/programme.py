"""`fenghuo programme`: what was done of the ministry's programme, and how it stands."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from pipeline.cli.options import FILE, json_option
from pipeline.cli.spoken_language import lang_option, spoken_language
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import print_table
from pipeline.cli.terminal import say
from pipeline.cli.translation import fault_in_language
from pipeline.programme.checks import Change, compare, ordered
from pipeline.programme.progress import Figures, Progress, by_group, figures, progress
from pipeline.programme.reading import PSEUDONYM_KEY_BYTES, ProgrammeFault, fields_of
from schemas.glossary import SECTOR, read
from schemas.glossary_programme import COLUMN, FAULT_KIND, KIND, TARGET, TARGET_STATE
from schemas.language import Language
from schemas.moments import SHANGHAI
from schemas.programme import RECORD_OF, ProgrammeKind, Record, Spending
from schemas.provinces import PROVINCES

_KIND = click.argument("kind", type=click.Choice([*RECORD_OF]))


@click.group("programme")
def programme_group() -> None:
    """Training, specialists, standards, cases and spending against the ministry's targets."""


@programme_group.command("columns")
@_KIND
@lang_option
def columns_command(kind: ProgrammeKind, lang: Language) -> None:
    """The headings of a table of KIND, as the first line of a CSV file."""
    say(",".join(COLUMN[name].of(lang) for name in fields_of(kind)))


@programme_group.command("import")
@_KIND
@click.argument("file", type=FILE)
@click.option(
    "--pseudonym-key",
    "key_file",
    type=FILE,
    help="File whose bytes turn a specialist's identity into a pseudonym; keep it, and secret.",
)
@json_option("One JSON object on stdout.")
@store_options
def import_command(
    kind: ProgrammeKind, file: Path, key_file: Path | None, as_json: bool, store: ChosenStore
) -> None:
    """Bring the rows of FILE (CSV, .xlsx or JSON lines) into the store; exit 1 if one is refused.

    The same file again changes nothing; a row of a known id corrects it. Duplicates and values
    that cannot be are named with their row and not counted.
    """
    from pipeline.files.programme_file import (
        keep_records,
        kept_records,
        places_of,
        read_programme_file,
    )
    from pipeline.files.spreadsheets import SheetFault

    try:
        parsed = read_programme_file(kind, file, _key(key_file))
    except (SheetFault, OSError) as fault:
        raise click.ClickException(str(fault)) from fault
    with store.open() as sink:
        sink.migrate()
        known = kept_records(sink, [kind])
        change = compare(parsed, known, _today(), str(file), places_of(sink).keys())
        keep_records(sink, kind, ordered([*change.added, *change.corrected]))
    _show_change(change, as_json)
    if change.faults:
        raise click.exceptions.Exit(1)


def _key(file: Path | None) -> bytes:
    key = file.read_bytes().strip() if file else b""
    if file and len(key) < PSEUDONYM_KEY_BYTES:
        raise click.BadParameter(
            f"{file} has fewer than {PSEUDONYM_KEY_BYTES} bytes; make one with "
            "`openssl rand -hex 32`",
            param_hint="--pseudonym-key",
        )
    return key


def _show_change(change: Change, as_json: bool) -> None:
    counts = {
        "added": len(change.added),
        "corrected": len(change.corrected),
        "unchanged": change.unchanged,
        "refused": len({fault.row for fault in change.faults}),
    }
    if as_json:
        say(msgspec.json.encode({**counts, "faults": change.faults}).decode())
        return
    for fault in change.faults:
        say(_fault_line(fault, spoken_language()), err=True)
    say(
        f"{counts['added']} added, {counts['corrected']} corrected, "
        f"{counts['unchanged']} unchanged, {counts['refused']} refused",
        err=True,
    )


def _fault_line(fault: ProgrammeFault, lang: Language) -> str:
    place = f"{fault.file}:{fault.row}"
    column = f"[{read(COLUMN, fault.column, lang)}] " if fault.column else ""
    kind = read(FAULT_KIND, fault.kind, lang)
    problem, remedy = map(fault_in_language, (fault.problem, fault.remedy))
    return f"{place}: {column}{kind}: {problem}; {remedy}"


@programme_group.command("status")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The end of this day in China; else of today.",
)
@json_option("One JSON object on stdout.")
@lang_option
@store_options
def status_command(
    as_of: datetime | None, as_json: bool, lang: Language, store: ChosenStore
) -> None:
    """Every target: done, the straight line, the projection; by province and by sector."""
    from pipeline.files.programme_file import graded_on, kept_records, places_of

    day = as_of.date() if as_of else _today()
    with store.read() as sink:
        records, places = kept_records(sink), places_of(sink)
        whole = figures(records, day, graded_on(sink))
    targets = progress(whole, day)
    provinces = by_group(records, lambda one: _place(one, places)[0], day)
    sectors = by_group(records, lambda one: _place(one, places)[1], day)
    if as_json:
        say(msgspec.json.encode(_as_data(day, whole, targets, provinces, sectors)).decode())
        return
    _show_status(day, targets, whole, lang)
    _show_groups(provinces, sectors, lang)


def _today() -> date:
    return datetime.now(SHANGHAI).date()


def _place(record: Record, places: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """Province and sector: the record's own, or of spending the enterprise's."""
    if isinstance(record, Spending):
        return places.get(record.enterprise_id, ("", ""))
    return record.province, record.sector


def _as_data(
    day: date,
    whole: Figures,
    targets: Sequence[Progress],
    provinces: Mapping[str, Figures],
    sectors: Mapping[str, Figures],
) -> dict[str, Any]:
    return {
        "as_of": day.isoformat(),
        "targets": [_target_data(one) for one in targets],
        "figures": whole,
        "by_province": provinces,
        "by_sector": sectors,
    }


def _target_data(one: Progress) -> dict[str, Any]:
    target = one.target
    return {
        "target": target.key,
        "name": TARGET[target.key].en,
        "name_zh": TARGET[target.key].zh,
        "amount": target.amount,
        "more_than": target.is_exclusive,
        "since": target.since.isoformat(),
        "by": target.by.isoformat(),
        "done": one.done,
        "percent": one.percent,
        "expected": one.expected,
        "projected": one.projected,
        "state": one.state,
        "article": target.article_zh,
        "article_en": target.article_en,
        "confidence": target.confidence,
    }


_HEADINGS: Mapping[Language, Sequence[str]] = {
    "zh": ("目标", "要求", "截止", "完成", "应完成", "预计", "状态", "依据"),
    "en": ("target", "amount", "by", "done", "straight line", "projected", "state", "article"),
}


def _show_status(
    day: date, targets: Sequence[Progress], whole: Figures, language: Language
) -> None:
    title = f"截至{day}" if language == "zh" else f"As of {day}"
    rows: list[Sequence[object]] = []
    for one in targets:
        target, unit = one.target, "%" if one.target.is_share else ""
        sign = ">" if target.is_exclusive else "≥"
        numbers = [
            "—" if number is None else f"{round(number, 1):,}{unit}"
            for number in (one.done, one.expected, one.projected)
        ]
        article = target.article_zh if language == "zh" else target.article_en
        cells = (f"{sign} {target.amount:,}{unit}", str(target.by), *numbers)
        state = read(TARGET_STATE, one.state, language)
        rows.append((read(TARGET, target.key, language), *cells, state, article))
    print_table(_HEADINGS[language], rows, title=title)
    say(_NOTE[language].format(whole=whole))


_NOTE: Mapping[Language, str] = {
    "zh": "培训 {whole.sessions} 场，{whole.person_times} 人次；人数无法跨场去重：至少 "
    "{whole.persons_least} 人，至多 {whole.persons_most} 人。资格过期的人才 "
    "{whole.specialists_expired} 人，不计入。",
    "en": "{whole.sessions} sessions, {whole.person_times} person-times; persons cannot be told "
    "apart across sessions: at least {whole.persons_least}, at most {whole.persons_most}. "
    "{whole.specialists_expired} specialists whose qualification ran out are not counted.",
}


def _show_groups(
    provinces: Mapping[str, Figures], sectors: Mapping[str, Figures], language: Language
) -> None:
    names = {code: (row.zh if language == "zh" else row.en) for code, row in PROVINCES.items()}
    sector_names = {key: read(SECTOR, key, language) for key in sectors}
    unstated = "未说明" if language == "zh" else "not stated"
    for heading, groups, named in (
        (COLUMN["province"], provinces, names),
        (COLUMN["sector"], sectors, sector_names),
    ):
        kinds = [KIND[kind].of(language) for kind in RECORD_OF]
        headings = (heading.of(language), COLUMN["person_times"].of(language), *kinds)
        rows = [
            (
                named.get(key, key) or unstated,
                *(f"{number:,}" for number in (one.person_times, one.sessions, one.specialists,
                                               one.standards, one.cases)),
                "—" if one.security_share is None else f"{one.security_share:.1f}%",
            )
            for key, one in groups.items()
        ]  # fmt: skip
        print_table(headings, rows)
