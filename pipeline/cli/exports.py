"""`fenghuo exports`: data that left the country, and how enterprises stand to the thresholds."""

from collections.abc import Mapping, Sequence

import click

from dashboards.words import COUNT_BASIS, PROVINCE, THRESHOLD_STATE, Text, translate
from pipeline.cli.export_duties import duties_command, fulfil_command, reopen_command, waive_command
from pipeline.cli.options import json_option
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import print_table
from pipeline.cli.terminal import say_json_lines
from schemas.language import Language
from sinks.contract import Answer
from sinks.ddl import literal

_ORDER = ", ".join(f"'{state}'" for state in THRESHOLD_STATE)
_THRESHOLDS = f"""
SELECT t.*, e.name AS enterprise FROM cross_border_thresholds AS t
LEFT JOIN enterprises AS e ON e.enterprise_id = t.enterprise_id
WHERE {{chosen}} ORDER BY indexOf([{_ORDER}], t.state), t.percent DESC, t.enterprise_id, t.threshold
"""
_COUNTS = """
SELECT c.*, e.name AS enterprise FROM cross_border_counts AS c
LEFT JOIN enterprises AS e ON e.enterprise_id = c.enterprise_id
WHERE {chosen} ORDER BY c.year DESC, c.persons + c.sensitive_persons DESC, c.enterprise_id
"""
_NONE = Text("没有符合条件的记录。", "Nothing to show.")

_YEAR = click.option("--year", type=click.IntRange(2000, 2199), help="Calendar year of China.")
_PROVINCE = click.option("--province", help="GB/T 2260 code, such as 330000.")


@click.group("exports")
def exports_group() -> None:
    """Data that left the country: thresholds of the law, what was counted, what is owed."""


@exports_group.command("thresholds")
@store_options
@_YEAR
@_PROVINCE
@click.option("--all", "everything", is_flag=True, help="Those below or replaced too.")
@json_option()
@lang_option
def thresholds_command(
    store: ChosenStore,
    year: int | None,
    province: str | None,
    everything: bool,
    as_json: bool,
    lang: Language,
) -> None:
    """Enterprises past a threshold or near it, the most pressing on top, with the reason."""
    shown = "1" if everything else "t.state NOT IN ('below', 'replaced')"
    chosen = f"{shown} AND {_chosen('t', (0, year) if year else (), province)}"
    rows = _ask(store, _THRESHOLDS.format(chosen=chosen))
    _show(rows, as_json, lang, _THRESHOLD_COLUMNS)


@exports_group.command("counts")
@store_options
@_YEAR
@_PROVINCE
@json_option()
@lang_option
def counts_command(
    store: ChosenStore, year: int | None, province: str | None, as_json: bool, lang: Language
) -> None:
    """What each enterprise sent abroad in each year, and what kind of number that is."""
    chosen = _chosen("c", (year,) if year else (), province)
    rows = _ask(store, _COUNTS.format(chosen=chosen))
    _show(rows, as_json, lang, _COUNT_COLUMNS)


for each in (duties_command, fulfil_command, waive_command, reopen_command):
    exports_group.add_command(each)


def _chosen(table: str, years: Sequence[int], province: str | None) -> str:
    conditions = [f"{table}.drill = ''"]  # a drill crosses no threshold of the law
    if years:
        conditions.append(f"{table}.year IN ({', '.join(map(str, years))})")
    if province:
        conditions.append(f"{table}.province = {literal(province)}")
    return " AND ".join(conditions)


def _ask(store: ChosenStore, sql: str) -> list[Answer]:
    with store.read() as sink:
        return sink.query(sql)


_THRESHOLD_COLUMNS: Mapping[str, Text] = {
    "state": Text("状态", "State"),
    "enterprise": Text("单位", "Enterprise"),
    "province": Text("省份", "Province"),
    "reason": Text("门槛与理由", "Threshold and reason"),
}
_COUNT_COLUMNS: Mapping[str, Text] = {
    "year": Text("年度", "Year"),
    "enterprise": Text("单位", "Enterprise"),
    "persons": Text("个人信息（人）", "Persons"),
    "persons_least": Text("至少", "At least"),
    "sensitive_persons": Text("敏感个人信息（人）", "Persons, sensitive"),
    "important_exports": Text("重要数据（次）", "Important data"),
    "undeclared_exports": Text("未说明依据（次）", "Without a ground"),
    "basis": Text("计数口径", "What it is"),
}


def _show(
    rows: Sequence[Answer], as_json: bool, lang: Language, columns: Mapping[str, Text]
) -> None:
    if as_json:
        say_json_lines(rows)
        return
    print_table(
        [it.of(lang) for it in columns.values()],
        [[_worded(row, name, lang) for name in columns] for row in rows],
        empty=_NONE.of(lang),
    )


def _worded(row: Answer, name: str, lang: Language) -> str:
    words = {
        "state": THRESHOLD_STATE,
        "basis": COUNT_BASIS,
        "province": PROVINCE,
    }
    if name == "reason":
        return str(row["reason" if lang == "zh" else "reason_en"])
    value = row[name] or (row["enterprise_id"] if name == "enterprise" else "")
    if name in words:
        return translate(words[name], str(value), lang)
    is_number = isinstance(row[name], int) and name != "year"
    return f"{row[name]:,}" if is_number else str(value)
