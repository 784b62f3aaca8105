"""`fenghuo incidents form`: a statutory form from the store, as HTML, Word or Markdown (shell)."""

import io
import sys
from pathlib import Path
from typing import cast

import click
import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.cli.incident_list import find_incident
from pipeline.cli.stores import open_sink, sink_options
from pipeline.files.replacing import replace_file
from pipeline.severity.forms.content import Form, fill_form
from pipeline.severity.forms.fields import LAYOUTS, FormName
from pipeline.severity.forms.source import FormSource, Lang, facts_of
from pipeline.severity.regulators import local_regulator, place_of
from schemas.command import Command
from schemas.registry import Enterprise, Field
from sinks.contract import Answer, Store
from sinks.ddl import literal

FORMATS = ("html", "docx", "md")


@click.command("form")
@click.argument("incident_id")
@click.option("--form", "name", type=click.Choice(list(LAYOUTS)), default="miit-report")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="html")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Default: stdout.")
@sink_options
def form_command(
    incident_id: str,
    name: str,
    lang: str,
    kind: str,
    out: Path | None,
    store: Path | None,
    database: str,
) -> None:
    """A statutory form, filled in as far as the facts go; the rest reads 尚不明确."""
    if kind == "docx" and out is None and sys.stdout.isatty():
        raise click.UsageError("--format docx: name a file with --out, or redirect the output")
    chosen = cast(FormName, name)
    with open_sink(store, database, must_exist=True) as sink:
        source = read_source(sink, incident_id, LAYOUTS[chosen].regime)
    data = render_form(fill_form(chosen, source, cast(Lang, lang)), kind)
    if out is None:
        click.get_binary_stream("stdout").write(data)
        return
    try:
        replace_file(out, data)
    except OSError as fault:
        raise click.ClickException(
            f"{out}: {fault.strerror}; name a place that you may write and that has room"
        ) from fault


def read_source(sink: Store, incident_id: str, regime: str) -> FormSource:
    """All that the store knows of one incident, for one regime; ClickException if it has none."""
    incident = find_incident(sink, incident_id)
    chosen = f"WHERE incident_id = {literal(str(incident['incident_id']))}"
    enterprise_id = literal(str(incident["enterprise_id"]))
    commands = tuple(
        msgspec.json.decode(str(row["content"]), type=Command)
        for row in sink.query(
            f"SELECT content FROM commands {chosen} AND accepted ORDER BY received_at, command_id"
        )
    )
    enterprise = _first(sink, f"SELECT * FROM enterprises WHERE enterprise_id = {enterprise_id}")
    known = _enterprise(incident, enterprise)
    return FormSource(
        incident=incident,
        assessment=_first(
            sink, f"SELECT * FROM assessments {chosen} AND regime = {literal(regime)}"
        ),
        enterprise=enterprise,
        facts=facts_of(commands),
        commands=commands,
        place=place_of(known),
        regulator=local_regulator(known),
    )


def _first(sink: Store, sql: str) -> Answer:
    rows = sink.query(sql)
    return rows[0] if rows else {}


def _enterprise(incident: Answer, row: Answer) -> Enterprise:
    """As far as place and regulator go; without a registry row, what the incident says."""
    fields = {"field": "", "city": "", "xpcc": False, **row}
    return Enterprise(
        enterprise_id=str(incident["enterprise_id"]),
        name="",
        province=str(incident["province"]),
        sector="",
        field=cast(Field, str(fields["field"])),  # "" reads as a regulator without a field
        city=str(fields["city"]),
        xpcc=bool(fields["xpcc"]),
    )


def render_form(form: Form, kind: str) -> bytes:
    """The form as a file of this kind."""
    if kind == "docx":
        return _word(form)
    template = _environment(kind).get_template(f"form.{kind}.j2")
    return template.render(form=form).encode()


def _environment(kind: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.severity.forms"),
        autoescape=kind == "html",  # noqa: S701  (Markdown cells are escaped by `cell`)
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["cell"] = _cell
    return environment


def _cell(text: str) -> str:
    """Text that cannot break out of a table cell of Markdown, nor carry markup."""
    plain = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(plain.split())


def _word(form: Form) -> bytes:
    from docx import Document

    document = Document()
    if form.drill:
        document.add_paragraph(f"{'演练' if form.lang == 'zh' else 'DRILL'}: {form.drill}")
    document.add_heading(form.title, level=1)
    document.add_paragraph(f"{form.addressee}    {form.incident_id}")
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for line in form.lines:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = _printable(line.label), _printable(line.value)
    for note in (form.article, *form.notes):
        document.add_paragraph(_printable(note))
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _printable(text: str) -> str:
    """Without control characters, which a Word file cannot hold: each reads as U+FFFD."""
    return "".join(c if c >= " " or c in "\n\t" else "\ufffd" for c in text)
