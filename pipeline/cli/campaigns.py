"""`fenghuo campaigns`: the same indicator at several enterprises, read from the store (shell)."""

import click
import msgspec

from dashboards.words import Language
from pipeline.cli.campaign_list import (
    EVERY,
    STANDING,
    find_campaign,
    print_campaigns,
    read_campaigns,
)
from pipeline.cli.options import json_option
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import terminal
from pipeline.cli.terminal import say
from sinks.ddl import literal

_HISTORY = """
SELECT revision, revised_at, status, enterprise_count, incident_count
FROM campaign_revisions WHERE campaign_id = {campaign} ORDER BY revision
"""
_MEMBERS = """
SELECT m.place AS place, m.first_time AS first_time, m.province AS province,
    m.enterprise_id AS enterprise_id, e.name AS enterprise, m.incident_id AS incident_id
FROM campaign_members AS m
LEFT JOIN enterprises AS e ON e.enterprise_id = m.enterprise_id
WHERE m.campaign_id = {campaign} AND m.revision = {revision} ORDER BY m.place
"""


@click.group("campaigns")
def campaigns_group() -> None:
    """The same indicator at several enterprises: list and show, without their names."""


@campaigns_group.command("list")
@store_options
@click.option("--all", "everything", is_flag=True, help="Withdrawn ones and drills too.")
@json_option()
@lang_option
def list_command(store: ChosenStore, everything: bool, as_json: bool, lang: Language) -> None:
    """Campaigns, active ones first, those at the most enterprises on top."""
    with store.read() as sink:
        campaigns = read_campaigns(sink, EVERY if everything else STANDING)
    if as_json:
        for campaign in campaigns:
            say(msgspec.json.encode(campaign).decode())
    else:
        print_campaigns(terminal(), campaigns, lang)


@campaigns_group.command("show")
@click.argument("campaign_id")
@store_options
@click.option(
    "--names",
    is_flag=True,
    help="Also which enterprises and incidents: for those who may know who was struck.",
)
def show_command(campaign_id: str, store: ChosenStore, names: bool) -> None:
    """One campaign and how it came to be what it is, as JSON."""
    with store.read() as sink:
        campaign = find_campaign(sink, campaign_id)
        found, revision = literal(str(campaign["campaign_id"])), campaign["revision"]
        whole = {
            "campaign": campaign,
            "revisions": sink.query(_HISTORY.format(campaign=found)),
        }
        if names:
            whole["members"] = sink.query(_MEMBERS.format(campaign=found, revision=revision))
    say(msgspec.json.format(msgspec.json.encode(whole), indent=2).decode())
