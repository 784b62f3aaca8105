"""`fenghuo rules navigator`: ATT&CK coverage as a layer for MITRE's Navigator (shell)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

import click
import orjson

from dashboards.navigator import FIRED_SQL, Domain, layer
from pipeline.app.engines import RULE_CACHE
from pipeline.cli.detect import expand_option
from pipeline.cli.options import PATH
from pipeline.cli.stores import open_sink
from pipeline.cli.terminal import texts_of
from pipeline.files.rule_files import load_rules
from sinks.contract import DEFAULT_DATABASE


@click.command("navigator")
@click.argument("folders", nargs=-1, required=True, type=PATH)
@expand_option
@click.option(
    "--domain",
    type=click.Choice(get_args(Domain)),
    default="enterprise",
    show_default=True,
    help="Matrix of the layer.",
)
@click.option(
    "--store",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Folder of an embedded store: score techniques by its detections, not by rules.",
)
@click.option("--database", default=DEFAULT_DATABASE, show_default=True)
def navigator_command(
    folders: tuple[Path, ...],
    expand: Mapping[str, Sequence[str]],
    domain: Domain,
    store: Path | None,
    database: str,
) -> None:
    """Print which ATT&CK techniques the rules look for, as a layer for ATT&CK Navigator.

    A technique's comment names its rules.
    """
    rules = load_rules(folders, RULE_CACHE, expand)
    heads = [each.head for each in rules.rules.values()]
    heads += [each.head for each in rules.correlations]
    fired = None
    if store is not None:
        with open_sink(store, database, must_exist=True) as sink:
            rows = sink.query(FIRED_SQL)
        fired = [(texts_of(row["tags"]), int(str(row["fired"]))) for row in rows]
    tags = [(head.title, head.tags) for head in heads]
    text = orjson.dumps(layer("Fenghuo", domain, tags, fired), option=orjson.OPT_INDENT_2)
    click.echo(text.decode())
