"""`fenghuo report`: the situation as one HTML file (shell)."""

from datetime import UTC, datetime
from pathlib import Path

import click

from dashboards.report.page import render_page
from dashboards.report.reading import read_rows
from dashboards.report.situation import situation_of
from dashboards.words import Language
from pipeline.cli.moments import RFC3339
from pipeline.cli.options import NEW_FILE
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.files.replacing import replace_file
from schemas.moments import Moment, moment_of
from sinks.contract import Store


@click.command("report")
@store_options
@lang_option
@click.option(
    "--out",
    type=NEW_FILE,
    default=Path("report.html"),
    show_default=True,
    help="File to write; an older one is replaced.",
)
@click.option("--as-of", type=RFC3339, help="RFC 3339 moment for the deadlines; now without it.")
def report_command(store: ChosenStore, lang: Language, out: Path, as_of: Moment | None) -> None:
    """Write the HTML situation report of a store: one file that needs no network."""
    moment = moment_of(datetime.now(UTC)) if as_of is None else as_of
    with store.read() as sink:
        try:
            write_report(sink, out, lang, moment)
        except OSError as fault:
            raise click.ClickException(
                f"{out}: {fault.strerror}; name a place that you may write and that has room"
            ) from fault
    click.echo(str(out))


def write_report(store: Store, out: Path, language: Language, as_of: Moment) -> None:
    """The store's situation at `as_of` as an HTML file; SinkError where it cannot be read."""
    situation = situation_of(read_rows(store.query), as_of)
    out.parent.mkdir(parents=True, exist_ok=True)
    replace_file(out, render_page(situation, language).encode())
