"""`fenghuo dashboards`: render, check and push what Grafana shows (shell)."""

from collections import Counter
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import print_table
from pipeline.cli.terminal import say
from pipeline.kafka.secrets import SecretFault, secret_of
from sinks.contract import QueryFailed


@click.group("dashboards")
def dashboards_group() -> None:
    """Grafana's dashboards and alert rules, as code."""


@dashboards_group.command("render")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder that Grafana reads; gets a folder a language.",
)
@click.option("--map-layer", default="", help="Address of your own GeoJSON base layer.")
def render_command(out: Path, map_layer: str) -> None:
    """Write every dashboard as Classic JSON, one file each, in both languages."""
    from dashboards.grafana.rendering import write_files  # sqlglot: half a second of CPU

    changed = write_files(out, map_layer)
    for path in changed:
        say(str(path))
    say(f"{len(changed)} files changed", err=True)


@dashboards_group.command("check")
@store_options
@click.option("--limit-ms", default=1_000.0, show_default=True, help="Longest time of a query.")
@click.option("--needs-rows", is_flag=True, help="A query without rows is a fault too.")
@click.option("--slowest", default=5, show_default=True, help="How many of the slowest to show.")
def check_command(store: ChosenStore, limit_ms: float, needs_rows: bool, slowest: int) -> None:
    """Run every panel's query against a store, follow every link; exit 1 if there is a fault."""
    from dashboards.grafana.checking import Limits, Source, check, describe
    from dashboards.grafana.rendering import render
    from dashboards.grafana.sample_period import choose

    rendered = [dashboard for some in render().values() for dashboard in some]
    with store.open() as sink:
        source = Source(sink.query, QueryFailed)
        limits = Limits(ms=limit_ms, needs_rows=needs_rows)
        report = check(rendered, source, choose(sink.query), limits)
    for fault in report.faults:
        say(str(fault))
    longest = sorted(report.runs, key=lambda run: -run.ms)[:slowest]
    print_table(
        ("dashboard", "panel", "rows", "ms"),
        [(run.dashboard, run.place, run.rows, f"{run.ms:.1f}") for run in longest],
        title="slowest",
        err=True,
    )
    say(", ".join(f"{name} {value}" for name, value in describe(report).items()), err=True)
    if report.faults:
        raise click.exceptions.Exit(1)


@dashboards_group.command("push")
@click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
@click.option("--prune", is_flag=True, help="Delete dashboards and alert rules of ours gone by.")
def push_command(dry_run: bool, prune: bool) -> None:
    """Bring a Grafana (FENGHUO_GRAFANA_URL, FENGHUO_GRAFANA_TOKEN) to what the code says.

    Folders, data source, contact point, dashboards and alert rules; what is right already is
    not touched. The difference is shown before anything is written.
    """
    from dashboards.grafana.api_client import PushFailed, connect, version_of
    from dashboards.grafana.pushing import apply, plan
    from dashboards.grafana.resources import resources
    from dashboards.grafana.settings import GrafanaSettings

    try:
        token = secret_of("FENGHUO_GRAFANA_TOKEN")
        given: dict[str, Any] = {} if token is None else {"token": token}
        settings = GrafanaSettings(**given)  # the rest is read from the environment
    except SecretFault as fault:
        raise click.UsageError(str(fault)) from fault
    except ValidationError as faults:
        raise click.UsageError(_explain(faults)) from faults
    face = connect(settings)
    try:
        changes = plan(face, resources(settings, version_of(face)), prune)
        for change in changes:
            if change.action != "unchanged":
                places = f": {', '.join(change.paths[:5])}" if change.paths else ""
                say(f"{change.action} {change.kind} {change.uid} {change.title}{places}")
        if not dry_run:
            apply(face, changes)
    except PushFailed as fault:
        raise click.ClickException(str(fault)) from fault
    counts = Counter(change.action for change in changes)
    done = "would be " if dry_run else ""
    say(
        f"{done}created {counts['create']}, updated {counts['update']}, "
        f"deleted {counts['delete']}, unchanged {counts['unchanged']}"
        + (f", locked {counts['locked']}: read from files" if counts["locked"] else ""),
        err=True,
    )


def _explain(faults: ValidationError) -> str:
    """Every fault of the settings, with the name of its environment variable."""
    return "; ".join(
        f"FENGHUO_GRAFANA_{str(fault['loc'][0]).upper()}: {fault['msg']}"
        for fault in faults.errors()
    )
