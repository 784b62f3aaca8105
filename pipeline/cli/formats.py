"""`fenghuo formats`: what there is, by what a line is recognised, and what a file is taken for."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.table import Column, Table

from pipeline.app.file_reading import FileReader
from pipeline.app.format_trials import Trial, trials
from pipeline.cli.file_reading import encoding_option, format_option, zone_option
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.terminal import cell, say, say_json_lines
from pipeline.cli.translation import fault_in
from pipeline.intake.formats.table import FORMATS
from schemas.glossary import Term
from schemas.language import Language

MARKS_SHOWN: Final = 6
"""Sets of names of a format that a table shows; `--json` has all."""


@click.group("formats")
def formats_group() -> None:
    """The formats of events, and what a file's lines are taken for."""


@formats_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON lines.")
@lang_option
def list_command(as_json: bool, lang: Language) -> None:
    """Each format: how its lines begin, and the names that its JSON has together.

    In the order in which they are asked; a JSON object without marks is `json`, a text without
    any `syslog`.
    """
    rows = [(each.name, each.line.of(lang), each.marks) for each in FORMATS.values()]
    if as_json:
        say_json_lines({"format": name, "line": line, "names": marks} for name, line, marks in rows)
        return
    headings = (Term("格式", "format"), Term("文本行", "a line of text"), Term("JSON", "JSON has"))
    table = Table(*(Column(each.of(lang), overflow="fold") for each in headings))
    for name, line, marks in rows:
        table.add_row(name, cell(line), cell(_marks(marks)))
    Console().print(table)


def _marks(marks: Sequence[Sequence[str]]) -> str:
    shown = [" + ".join(names) for names in marks[:MARKS_SHOWN]]
    return "; ".join([*shown, *("…" for _ in marks[MARKS_SHOWN : MARKS_SHOWN + 1])])


@formats_group.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@format_option
@zone_option
@encoding_option
@click.option(
    "--lines",
    "shown",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="How many events are shown; all are counted.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON lines: every event of the file.")
@lang_option
def try_command(
    file: Path, format: str, zone: str, encoding: str, shown: int, as_json: bool, lang: Language
) -> None:
    """What each line of FILE is taken for: format, log source, time, host, account, addresses.

    Nothing is stored or sent. Exit 1 if a line could not be taken, or the file not
    be read to its end.
    """
    reader = FileReader(lambda text: say(text, err=True), format, encoding)
    documents = reader.documents(file, lambda amount: None)
    tried = trials(documents, format, zone, time.time_ns() // 1_000)
    refused: Counter[tuple[str, str]] = Counter()
    if as_json:
        say_json_lines(_refusals_counted(tried, refused))
    else:
        _show(_refusals_counted(tried, refused), shown, lang)
    for (reason, remedy), count in refused.most_common():
        say(f"{count} x {reason}: {fault_in(lang, remedy)}", err=True)
    if refused or reader.faults:
        raise click.exceptions.Exit(1)


def _refusals_counted(found: Iterable[Trial], refused: Counter[tuple[str, str]]) -> Iterator[Trial]:
    for each in found:
        if each.reason:
            refused[each.reason, each.remedy] += 1
        yield each


_LINE = (
    Term("行", "line"),
    Term("格式", "format"),
    Term("日志源，或拒收原因", "log source, or why not"),
    Term("时间", "time"),
    Term("主机", "host"),
    Term("账号", "account"),
    Term("地址", "addresses"),
)
_SUM = (
    Term("格式", "format"),
    Term("日志源", "log source"),
    Term("事件", "events"),
    Term("有主机", "with host"),
    Term("有账号", "with account"),
    Term("有地址", "with address"),
)


def _show(found: Iterator[Trial], shown: int, lang: Language) -> None:
    """The first events, then what all of them come to; of a large file no more is kept."""
    console = Console()
    if shown:
        first = list(islice(found, shown))
        console.print(_lines(first, lang))
        found = chain(first, found)
    sums: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each in found:
        if not each.reason:
            has = {"host": each.host, "account": each.account,
                   "address": each.source_ip or each.destination_ip}  # fmt: skip
            sums[each.format, each.source].update(["event", *(name for name in has if has[name])])
    table = Table(*(Column(each.of(lang), overflow="fold") for each in _SUM))
    for (format, source), counts in sorted(sums.items(), key=lambda it: -it[1]["event"]):
        told = (str(counts[name]) for name in ("event", "host", "account", "address"))
        table.add_row(format, cell(source), *told)
    console.print(table)


def _lines(found: Sequence[Trial], lang: Language) -> Table:
    table = Table(*(Column(each.of(lang), overflow="fold") for each in _LINE))
    for each in found:
        place = f"{each.member}:{each.line}" if each.member else str(each.line)
        if each.part:
            place += f".{each.part + 1}"
        addresses = " → ".join(filter(None, (each.source_ip, each.destination_ip)))
        told = (each.time, each.host, each.account, addresses)
        table.add_row(*map(cell, (place, each.format, each.reason or each.source, *told)))
    return table
