"""`fenghuo incidents form`: a statutory form from the store, as HTML, Word or Markdown (shell)."""

import sys
import time
from pathlib import Path
from typing import cast

import click
import msgspec

from pipeline.cli.form_files import FORMATS, render_form
from pipeline.cli.incident_finding import find_incident, numbers_of
from pipeline.cli.options import NEW_FILE
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.files.replacing import replace_file
from pipeline.severity.forms.content import fill_form
from pipeline.severity.forms.fields import FormName
from pipeline.severity.forms.layouts import LAYOUTS
from pipeline.severity.forms.source import FormSource, facts_of, particulars_of
from schemas.command import Command
from schemas.language import Language
from schemas.registry import NOT_STATED, Enterprise, Field
from sinks.contract import Answer, Store
from sinks.ddl import literal


@click.command("form")
@click.argument("incident_id")
@click.option("--form", "name", type=click.Choice(list(LAYOUTS)), default="miit-report")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh")
@click.option("--format", "kind", type=click.Choice(FORMATS), default="html")
@click.option("--out", type=NEW_FILE, help="Default: stdout.")
@store_options
def form_command(
    incident_id: str, name: str, lang: str, kind: str, out: Path | None, store: ChosenStore
) -> None:
    """A statutory form, filled in as far as the facts go; what is not known says so."""
    if kind == "docx" and out is None and sys.stdout.isatty():
        raise click.UsageError("--format docx: name a file with --out, or redirect the output")
    chosen = cast(FormName, name)
    with store.read() as sink:
        incident = find_incident(sink, incident_id, numbers_of(store))
        source = read_source(sink, incident, LAYOUTS[chosen].regime)
    printed_at = time.time_ns() // 1_000
    data = render_form(fill_form(chosen, source, cast(Language, lang), printed_at), kind)
    if out is None:
        click.get_binary_stream("stdout").write(data)
        return
    try:
        replace_file(out, data)
    except OSError as fault:
        raise click.ClickException(
            f"{out}: {fault.strerror}; name a place that you may write and that has room"
        ) from fault


def read_source(sink: Store, incident: Answer, regime: str) -> FormSource:
    """All that the store knows of one incident, for one regime."""
    chosen = f"WHERE incident_id = {literal(str(incident['incident_id']))}"
    enterprise_id = literal(str(incident["enterprise_id"]))
    commands = tuple(
        msgspec.json.decode(str(row["content"]), type=Command)
        for row in sink.query(
            f"SELECT content FROM commands {chosen} AND accepted ORDER BY received_at, command_id"
        )
    )
    enterprise = _first(sink, f"SELECT * FROM enterprises WHERE enterprise_id = {enterprise_id}")
    return FormSource(
        incident=incident,
        assessment=_first(
            sink, f"SELECT * FROM assessments {chosen} AND regime = {literal(regime)}"
        ),
        enterprise=enterprise,
        facts=facts_of(commands),
        particulars=particulars_of(commands),
        operator=_operator(incident, enterprise),
        commands=commands,
    )


def _first(sink: Store, sql: str) -> Answer:
    rows = sink.query(sql)
    return rows[0] if rows else {}


def _operator(incident: Answer, row: Answer) -> Enterprise:
    """As far as addressees go; what the registry does not say, or no row says, is unknown."""
    unknown = row.get("unknown_facts", NOT_STATED)
    assert isinstance(unknown, (list, tuple)), "a column of words"

    def known(name: str) -> bool | None:
        return None if name in unknown else bool(row.get(name))

    return Enterprise(
        enterprise_id=str(incident["enterprise_id"]),
        name="",
        province=str(incident["province"]),
        sector="",
        field=cast(Field, str(row.get("field", "unknown"))),
        city=str(row.get("city", "")),
        xpcc=bool(row.get("xpcc")),
        critical_infrastructure=known("critical_infrastructure"),
        central_organ=known("central_organ"),
    )
