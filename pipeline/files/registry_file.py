"""Reading the registry from a file, for every command that needs one (shell)."""

from pathlib import Path

import click

from pipeline.intake.registry import ParsedRegistry, parse_registry
from schemas.registry import Enterprise, Registry
from sinks.contract import Sink
from sinks.log_tables import ENTERPRISES

LOCAL = Enterprise(
    enterprise_id="local", name="本机 (local)", province="110000", sector="", field="industrial"
)
"""Whose events a file's are where no registry is named."""


def read_registry_file(path: Path) -> ParsedRegistry:
    """The file's sound rows and its faults; raises OSError where it cannot be read."""
    with path.open("rb") as lines:
        return parse_registry(lines, str(path))


def load_registry(path: Path | None) -> Registry:
    """The registry's sound rows; each fault is said on stderr. Without a file: one enterprise."""
    if path is None:
        return {LOCAL.enterprise_id: LOCAL}
    parsed = read_registry_file(path)
    for fault in parsed.faults:
        click.echo(str(fault), err=True)
    if not parsed.enterprises:
        raise click.ClickException(f"{path}: no sound row; see the faults above")
    return parsed.enterprises


def keep_registry(sink: Sink, registry: Registry) -> None:
    """Write the enterprises into the store, where dashboards look up their names."""
    sink.write(
        {ENTERPRISES.name: [ENTERPRISES.row(each) for each in registry.values()]}, "registry"
    )
