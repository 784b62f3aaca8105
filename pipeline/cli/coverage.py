"""`fenghuo coverage`: who is to be covered, how each stands, and what is to be done (shell)."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from dashboards.words import PROVINCE, SECTOR, Language, Words, headed, translate
from pipeline.app.coverage import By, Scope, count_enterprises, list_enterprises, list_work
from pipeline.cli.engines import load_registry
from pipeline.cli.options import FILE, json_option
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import csv_text, print_table
from pipeline.cli.terminal import say_json_lines
from pipeline.intake.registry_table import read_province
from schemas.coverage import STEPS
from schemas.glossary_registry import COVERAGE, GROUND, REGISTRY, STANDING, STEP, TASK
from schemas.provinces import PROVINCES
from sinks.contract import Answer

_HEADINGS: Final[Words] = headed({**REGISTRY, **COVERAGE, **STEP})
_WORDS: Final[Mapping[str, Words]] = {
    "province": PROVINCE,
    "sector": SECTOR,
    "top_tenth": STANDING,
    **dict.fromkeys(STEPS, STANDING),
}
_LISTED: Final = ("province", "sector", "enterprise_id", "name", "top_tenth", "place", *STEPS)
_SHOWN: Final = ("province", "sector", "enterprise_id", "name", "place", "task")
_COUNTED: Final = (
    "enterprises", "top_tenth", "undecided", "graded_of_all", "assessment_required", *STEPS[1:],
)  # fmt: skip
_WORK: Final = (
    "province", "sector", "enterprise_id", "name", "unified_social_credit_code", "task", "detail",
    "ground",
)  # fmt: skip
_CONTACT: Final = ("contact_name", "contact_phone", "contact_email")
_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for the system's own encoding."""


@click.group("coverage")
def coverage_group() -> None:
    """Enterprises of the top tenth by revenue, and what each has done."""


def _scope_options(command: Callable[..., Any]) -> Callable[..., Any]:
    province = click.option(
        "--province", callback=_province, help="Code or name: 330000, Zhejiang."
    )
    sector = click.option("--sector", default="", help="The registry's word, such as steel.")
    as_json = json_option()
    as_csv = click.option("--csv", "as_csv", is_flag=True, help="CSV that Excel opens.")
    return store_options(province(sector(as_json(as_csv(lang_option(command))))))


_everybody = click.option(
    "--all", "is_everybody", is_flag=True, help="All that are registered, not the top tenth alone."
)


def _province(_: click.Context, __: click.Parameter, value: str | None) -> str:
    code = str(read_province(value)) if value else ""
    if code and code not in PROVINCES:
        raise click.BadParameter(f"{value!r} is no province; write 330000, 浙江 or Zhejiang")
    return code


@coverage_group.command("list")
@_everybody
@_scope_options
def list_command(
    store: ChosenStore,
    province: str,
    sector: str,
    is_everybody: bool,
    as_json: bool,
    as_csv: bool,
    lang: Language,
) -> None:
    """The top tenth's members, and how each stands."""
    with store.read() as sink:
        rows = list_enterprises(sink, Scope(province, sector, is_everybody))
    columns = _LISTED if as_csv else _SHOWN
    _show(rows, [_standing(row, lang) for row in rows], columns, as_json, as_csv, lang)


def _standing(row: Answer, lang: Language) -> Answer:
    """In words; what is to be done as one text."""
    steps = row["open_steps"] if isinstance(row["open_steps"], list) else []
    tasks = [TASK[str(step)].of(lang) for step in steps]
    return _worded(row, lang) | {"task": ("；" if lang == "zh" else "; ").join(tasks)}


@coverage_group.command("summary")
@click.option("--by", type=click.Choice(["province", "sector"]), default="province")
@_scope_options
def summary_command(
    store: ChosenStore,
    by: By,
    province: str,
    sector: str,
    as_json: bool,
    as_csv: bool,
    lang: Language,
) -> None:
    """How many are registered, of the top tenth, and of these have taken each step."""
    with store.read() as sink:
        rows = count_enterprises(sink, Scope(province, sector), by)
    total = {name: sum(int(str(row[name])) for row in rows) for name in _COUNTED}
    counts = [{**row, by: translate(_WORDS[by], str(row[by]), lang)} for row in rows]
    shown = [*counts, {by: COVERAGE["whole"].of(lang), **total}]
    _show(rows, shown, (by, *_COUNTED), as_json, as_csv, lang)


@coverage_group.command("work-list")
@_everybody
@click.option(
    "--registry",
    type=FILE,
    default=None,
    help="The registry's file: adds whom to call.",
)
@_scope_options
def work_list_command(
    store: ChosenStore,
    registry: Path | None,
    province: str,
    sector: str,
    is_everybody: bool,
    as_json: bool,
    as_csv: bool,
    lang: Language,
) -> None:
    """What is to be done at each enterprise, a row a step that is open."""
    with store.read() as sink:
        rows = list_work(sink, Scope(province, sector, is_everybody))
    contacts = _contacts(registry)
    told = [row | contacts.get(str(row["enterprise_id"]), {}) for row in rows]
    columns = (*_WORK, *_CONTACT) if registry is not None else _WORK
    _show(told, [_task(row, lang) for row in told], columns, as_json, as_csv, lang)


def _contacts(registry: Path | None) -> dict[str, dict[str, str]]:
    if registry is None:
        return {}
    return {
        name: {
            f"contact_{part}": "；".join(getattr(each, part) for each in row.contacts)
            for part in ("name", "phone", "email")
        }
        for name, row in load_registry(registry).items()
    }


def _task(row: Answer, lang: Language) -> Answer:
    step = str(row["step"])
    ground = GROUND[step].of(lang) if step in GROUND else ""
    return _worded(row, lang) | {"task": TASK[step].of(lang), "ground": ground}


def _worded(row: Answer, lang: Language) -> Answer:
    return {
        name: translate(_WORDS[name], str(value), lang) if name in _WORDS else value
        for name, value in row.items()
    }


def _show(
    rows: Sequence[Answer],
    worded: Sequence[Mapping[str, object]],
    columns: Sequence[str],
    as_json: bool,
    as_csv: bool,
    lang: Language,
) -> None:
    """The rows as JSON, or in words as CSV or a table."""
    headings = [_HEADINGS[name].of(lang) for name in columns]
    cells = [[row.get(name, "") for name in columns] for row in worded]
    if as_json:
        say_json_lines(rows)
    elif as_csv:
        click.echo(_MARK + csv_text([headings, *cells], line_end="\r\n"), nl=False)
    else:
        print_table(headings, cells)
