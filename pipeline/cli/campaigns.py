"""`fenghuo campaigns`: the second stage over a store's incidents, written beside them (shell).

Rule 1. Every incident of the store is read, so a run needs no state but the store.
Rule 2. A campaign that says what its last revision says is not written again. Members go
        before their campaign: interrupted in between, the next run writes the same rows.
"""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import msgspec

from pipeline.cli.engines import load_policy
from pipeline.cli.moments import RFC3339
from pipeline.cli.stores import open_sink, sink_options
from pipeline.incidents.campaigns import (
    CampaignsState,
    Finding,
    Published,
    Sight,
    absorb,
    expire,
)
from pipeline.incidents.policy import IncidentPolicy
from schemas.campaign import Campaign, Indicator
from schemas.moments import Moment
from schemas.tables import TABLE_OF
from sinks.contract import Answer, Row, Store

_INCIDENTS = """
SELECT incident_id, revision, enterprise_id, province, sector, status, verdict, scenario, level,
    toUnixTimestamp64Micro(first_time) AS first_moment,
    toUnixTimestamp64Micro(last_time) AS last_moment,
    drill, techniques, entity_kinds, entity_values, entity_roles
FROM incidents ORDER BY incident_id
"""
_CAMPAIGNS = "SELECT campaign_id, kind, indicator, drill, revision, content FROM campaigns"


@click.command("campaigns")
@sink_options
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="Policy file; its part `incidents.campaigns`. Default: the documented defaults.",
)
@click.option("--at", type=RFC3339, default=None, help="The moment it is now. Default: it is.")
def campaigns_command(
    store: Path | None, database: str, policy: Path | None, at: Moment | None
) -> None:
    """Find the same indicator at several enterprises, and write what changed.

    Prints each campaign that changed as a line of JSON, without the names of enterprises; they
    are in the view `campaign_members`. Run it as often as you like: it repeats nothing.
    """
    now = time.time_ns() // 1_000 if at is None else at
    with open_sink(store, database) as sink:
        sink.migrate()
        sights = [_sight(row) for row in sink.query(_INCIDENTS)]
        found = find_campaigns(load_policy(policy).incidents, sink, sights, now)
    for campaign in found:
        click.echo(msgspec.json.encode(campaign).decode())
    click.echo(f"{len(sights)} incidents read, {len(found)} campaigns changed", err=True)


def find_campaigns(
    policy: IncidentPolicy, sink: Store, sights: Iterable[Sight], now: Moment
) -> list[Campaign]:
    """Work out the campaigns of these incidents and write those that differ from the store's."""
    state = CampaignsState(published=dict(map(_published, sink.query(_CAMPAIGNS))))
    findings = absorb(policy, state, sights, now) + expire(policy, state, now)
    if findings:
        sink.write(_rows(findings), f"campaigns/{now}")
    return [one for one in findings if isinstance(one, Campaign)]


def _rows(findings: Sequence[Finding]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for finding in findings:
        table = TABLE_OF[type(finding)]
        rows.setdefault(table.name, []).append(table.row(finding))
    return rows


def _sight(row: Answer) -> Sight:
    kinds, values, roles = (row[f"entity_{part}"] for part in ("kinds", "values", "roles"))
    entities = [
        {"kind": kind, "value": value, "role": role}
        for kind, value, role in zip(kinds, values, roles, strict=True)  # type: ignore[call-overload]
    ]
    moments = {f"{end}_time": int(str(row[f"{end}_moment"])) for end in ("first", "last")}
    return msgspec.convert({**row, **moments, "entities": entities}, Sight)


def _published(row: Answer) -> tuple[str, Published]:
    about = msgspec.convert({"kind": row["kind"], "value": row["indicator"]}, Indicator)
    last = Published(about, str(row["drill"]), int(str(row["revision"])), str(row["content"]))
    return str(row["campaign_id"]), last
