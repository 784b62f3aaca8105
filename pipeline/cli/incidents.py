"""`fenghuo incidents`: the analyst's work, read from the store, said in commands (shell)."""

from typing import get_args

import click
import msgspec

from pipeline.app.incident_rows import read_incidents
from pipeline.cli.command_senders import CommandRoute, route_options
from pipeline.cli.forms import form_command
from pipeline.cli.incident_choice import Choice, choice_options
from pipeline.cli.incident_finding import (
    find_incident,
    find_obligation,
    keep_numbers,
    numbers_of,
)
from pipeline.cli.incident_page import print_dossier, read_dossier
from pipeline.cli.incident_rulings import INCIDENT_IDS, RULING_COMMANDS, ruling
from pipeline.cli.incident_table import LIMIT, print_list
from pipeline.cli.incident_work import WORK_COMMANDS
from pipeline.cli.options import json_option
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import terminal
from pipeline.cli.terminal import say
from schemas.assessment import Regime
from schemas.command import Command, Impact
from schemas.language import Language
from sinks.contract import Answer, Store
from sinks.ddl import literal


@click.group("incidents")
def incidents_group() -> None:
    """List and show incidents, and say what became of them.

    INCIDENT is a number of the list that this terminal showed last, or the beginning of an id.
    """


@incidents_group.command("list")
@store_options
@choice_options
@click.option(
    "--limit", type=click.IntRange(1, 999), default=LIMIT, show_default=True, help="Of the table."
)
@json_option("JSON lines, all of them.")
@lang_option
def list_command(
    store: ChosenStore, limit: int, as_json: bool, lang: Language, **chosen: object
) -> None:
    """Open incidents, gravest tier of any regime first; each line has a number to speak of it."""
    choice = msgspec.convert(chosen, Choice)
    with store.read() as sink:
        incidents = read_incidents(sink, choice.condition(), 0 if as_json else limit + 1)
    if as_json:
        for incident in incidents:
            say(msgspec.json.encode(incident))
        return
    shown = incidents[:limit]
    keep_numbers(numbers_of(store), "", _ids(shown, "incident_id"))
    print_list(shown, lang, len(incidents) > limit)


@incidents_group.command("show")
@click.argument("incident_id", metavar="INCIDENT")
@json_option("By table, as the store has it.")
@lang_option
@store_options
def show_command(incident_id: str, as_json: bool, lang: Language, store: ChosenStore) -> None:
    """One incident with its tiers, obligations, evidence, and what was said of it."""
    numbers = numbers_of(store)
    with store.read() as sink:
        incident = find_incident(sink, incident_id, numbers)
        whole_id = str(incident["incident_id"])
        (listed,) = read_incidents(sink, f"i.incident_id = {literal(whole_id)}")
        dossier = read_dossier(sink, incident, listed)
    if as_json:
        say(msgspec.json.format(msgspec.json.encode(dossier.for_scripts()), indent=2))
        return
    keep_numbers(numbers, whole_id, _ids(dossier.obligations, "obligation_id"))
    print_dossier(terminal(), dossier, lang)


def _ids(rows: list[Answer], column: str) -> list[str]:
    return [str(row[column]) for row in rows]


_VERDICT = click.option(
    "--verdict", default="", help="As in OCSF: true_positive, false_positive, …"
)


@incidents_group.command("impact")
@INCIDENT_IDS
@click.argument("facts", type=click.File("rb"))
@click.option("--reason", default="", help="Kept with the command.")
@click.option(
    "--consent",
    type=click.Choice(["mechanism"]),
    help="Who agreed, where a correction lowers tier I or II.",
)
@route_options
def impact_command(
    incident_ids: tuple[str, ...],
    facts: click.utils.LazyFile,
    reason: str,
    consent: str | None,
    route: CommandRoute,
) -> None:
    """State facts about harm: FACTS is a JSON file, or - for standard input.

    Example: {"direct_loss_cny": 60000000, "persons": 120000, "data_class": "important"}
    """
    try:
        impact = msgspec.json.decode(facts.read(), type=Impact)
    except (msgspec.ValidationError, msgspec.DecodeError) as fault:
        known = ", ".join(Impact.__struct_fields__)
        raise click.ClickException(f"{facts.name}: {fault}; facts are {known}") from fault
    route.say(incident_ids, "impact", reason=reason, impact=impact, consent=consent or "")


@incidents_group.command("override")
@INCIDENT_IDS
@click.option("--regime", type=click.Choice(get_args(Regime)), required=True)
@click.option(
    "--tier",
    type=click.Choice(["I", "II", "III", "IV", "none"]),
    required=True,
    help="none lifts the override: the computed tier stands alone again.",
)
@click.option("--reason", required=True, help="Kept beside the computed tier.")
@route_options
def override_command(
    incident_ids: tuple[str, ...], regime: str, tier: str, reason: str, route: CommandRoute
) -> None:
    """An expert's tier, beside the computed one and never in its place."""
    said = "" if tier == "none" else tier
    route.say(incident_ids, "override", reason=reason, regime=regime, tier=said)


@incidents_group.command("reported")
@click.argument("incident_id", metavar="INCIDENT")
@click.argument("obligation_ids", nargs=-1, required=True, metavar="OBLIGATION...")
@click.option("--reason", default="", help="Kept with the command.")
@route_options
def reported_command(
    incident_id: str, obligation_ids: tuple[str, ...], reason: str, route: CommandRoute
) -> None:
    """Obligations are done: each OBLIGATION, an id or its number in `show`, was reported."""

    def commands(sink: Store) -> list[Command]:
        incident = find_incident(sink, incident_id, route.numbers)
        whole_id = str(incident["incident_id"])
        done = dict.fromkeys(
            find_obligation(sink, whole_id, name, route.numbers) for name in obligation_ids
        )
        return [route.on(incident, "reported", reason=reason, obligation_id=each) for each in done]

    route.send(commands)


for each in (
    ruling("start", "start", "Work on it has begun."),
    ruling("hold", "hold", "Work on it rests."),
    ruling("confirm", "confirm", "It occurred: tiers follow from stated facts from now on."),
    ruling("resolve", "resolve", "It is dealt with.", _VERDICT),
    ruling("close", "close", "Nothing is left to do.", _VERDICT),
    ruling("reopen", "reopen", "It is not over."),
    form_command,
    *RULING_COMMANDS,
    *WORK_COMMANDS,
):
    incidents_group.add_command(each)
