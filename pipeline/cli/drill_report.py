"""`fenghuo drill report`: the after-action report as HTML or Word (shell)."""

import io
import time
from pathlib import Path
from typing import Final

import click
from jinja2 import Environment, PackageLoader, StrictUndefined

from dashboards.words import Language
from pipeline.app.drill_rows import NoSuchDrill, keep_scores, read_told
from pipeline.cli.options import NEW_FILE
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, keep_option, store_options
from pipeline.drills.after_action import AfterAction, report_drill
from pipeline.drills.report_parts import Part
from pipeline.files.replacing import replace_file

NARROW: Final = 6
"""Columns that fit a page in the forms' own size."""


@click.command("report")
@click.argument("drill")
@store_options
@keep_option
@lang_option
@click.option("--format", "kind", type=click.Choice(["html", "docx"]), default="html")
@click.option(
    "--out",
    type=NEW_FILE,
    help="File to write; an older one is replaced. Default: drill-DRILL.html or .docx.",
)
def report_command(
    drill: str, store: ChosenStore, is_kept: bool, lang: Language, kind: str, out: Path | None
) -> None:
    """Write the after-action report of DRILL: one file that needs no network.

    It is worked out of rows anew, and its scores are kept for the boards.
    """
    now = time.time_ns() // 1_000
    with store.read() as sink:
        try:
            told = read_told(sink, drill, now)
        except NoSuchDrill as fault:
            raise click.ClickException(str(fault)) from fault
        if is_kept:
            keep_scores(sink, told.scores)
    report = report_drill(told, lang, now)
    place = out or Path(f"drill-{drill.replace('/', '-')}.{kind}")
    try:
        replace_file(place, write_word(report) if kind == "docx" else write_page(report))
    except OSError as fault:
        raise click.ClickException(
            f"{place}: {fault.strerror}; name a place that you may write and that has room"
        ) from fault
    click.echo(str(place))


def write_page(report: AfterAction) -> bytes:
    """The report as one HTML file."""
    environment = Environment(
        loader=PackageLoader("pipeline.drills"),
        autoescape=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("after_action.html.j2").render(report=report).encode()


def write_word(report: AfterAction) -> bytes:
    """The report as a Word file, set as the statutory forms are."""
    from docx import Document
    from docx.document import Document as WordDocument
    from docx.shared import Mm, Pt

    from pipeline.cli.form_word import (
        BODY,
        SIZE_2,
        SIZE_3,
        SMALL_4,
        TITLE,
        centre,
        set_page,
        write_text,
    )

    def write_part(document: WordDocument, part: Part) -> None:
        write_text(document.add_heading(level=2), part.heading, TITLE, SIZE_3)
        for line in part.paragraphs:
            write_text(document.add_paragraph(), line, BODY, SIZE_3)
        if part.columns:
            size = SMALL_4 if len(part.columns) <= NARROW else Pt(9)
            table = document.add_table(rows=0, cols=len(part.columns), style="Table Grid")
            for row in (part.columns, *part.rows):
                for cell, value in zip(table.add_row().cells, row, strict=True):
                    write_text(cell.paragraphs[0], value, BODY, size)

    document = Document()
    set_page(document)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(297), Mm(210)  # the tables are wide
    centre(write_text(document.add_paragraph(), report.mark, TITLE, SIZE_3))
    centre(write_text(document.add_heading(level=1), report.title, TITLE, SIZE_2))
    for line in report.head:
        write_text(document.add_paragraph(), line, BODY, SMALL_4)
    for part in report.parts:
        write_part(document, part)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()
