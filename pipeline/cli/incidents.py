"""`fenghuo incidents`: the analyst's work, read from the store, said in commands (shell)."""

import getpass
from pathlib import Path
from typing import get_args

import click
import msgspec
from rich.console import Console

from pipeline.cli.command_senders import compose, send_command
from pipeline.cli.forms import form_command
from pipeline.cli.incident_list import EVERY, OPEN, find_incident, print_incidents, read_incidents
from pipeline.cli.incident_rulings import RULING_COMMANDS
from pipeline.cli.kafka_options import KafkaOptions, kafka_options, prefix_option
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import open_sink, sink_options
from schemas.assessment import Regime
from schemas.command import Impact, Verb
from schemas.language import Language
from sinks.ddl import literal


@click.group("incidents")
def incidents_group() -> None:
    """List and show incidents, and say what became of them."""


@incidents_group.command("list")
@sink_options
@click.option("--all", "everything", is_flag=True, help="Closed ones and drills too.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines.")
@lang_option
def list_command(
    store: Path | None, database: str, everything: bool, as_json: bool, lang: Language
) -> None:
    """Open incidents, gravest tier first."""
    with open_sink(store, database, must_exist=True) as sink:
        incidents = read_incidents(sink, EVERY if everything else OPEN)
    if as_json:
        for incident in incidents:
            click.echo(msgspec.json.encode(incident).decode())
    else:
        print_incidents(Console(), incidents, lang)


@incidents_group.command("show")
@click.argument("incident_id")
@sink_options
def show_command(incident_id: str, store: Path | None, database: str) -> None:
    """One incident with its assessments and obligations, as JSON."""
    with open_sink(store, database, must_exist=True) as sink:
        incident = find_incident(sink, incident_id)
        chosen = f"WHERE incident_id = {literal(str(incident['incident_id']))}"
        whole = {
            "incident": incident,
            "assessments": sink.query(f"SELECT * FROM assessments {chosen} ORDER BY regime"),
            "obligations": sink.query(
                f"SELECT * FROM obligations {chosen} ORDER BY due_at IS NULL, due_at, obligation_id"
            ),
            "commands": sink.query(
                f"SELECT * FROM commands {chosen} ORDER BY received_at, command_id"
            ),
        }
    click.echo(msgspec.json.format(msgspec.json.encode(whole), indent=2).decode())


def _say(verb: Verb, help: str) -> None:
    """Add the command for a verb whose only particulars are reason and verdict."""

    @incidents_group.command(verb, help=help)
    @click.argument("incident_id")
    @sink_options
    @click.option("--reason", default="", help="Kept with the command.")
    @click.option("--verdict", default="", help="As in OCSF: true_positive, false_positive, …")
    @click.option("--analyst", default=getpass.getuser, help="Who says so. Default: you.")
    @kafka_options(required=False)
    @prefix_option
    def say(
        incident_id: str,
        store: Path | None,
        database: str,
        reason: str,
        verdict: str,
        analyst: str,
        kafka: KafkaOptions,
        prefix: str,
    ) -> None:
        with open_sink(store, database, must_exist=True) as sink:
            command = compose(sink, incident_id, verb, analyst, reason=reason, verdict=verdict)
            send_command(sink, command, store, kafka, prefix)


_say("start", "Work on it has begun.")
_say("hold", "Work on it rests.")
_say("confirm", "It occurred: its tier is judged from stated facts from now on.")
_say("resolve", "It is dealt with.")
_say("close", "Nothing is left to do.")
_say("reopen", "It is not over.")


@incidents_group.command("impact")
@click.argument("incident_id")
@click.argument("facts", type=click.File("rb"))
@sink_options
@click.option("--analyst", default=getpass.getuser, help="Who says so. Default: you.")
@click.option("--reason", default="")
@click.option(
    "--consent",
    type=click.Choice(["mechanism"]),
    help="Who agreed, where a correction lowers tier I or II.",
)
@kafka_options(required=False)
@prefix_option
def impact_command(
    incident_id: str,
    facts: click.utils.LazyFile,
    store: Path | None,
    database: str,
    analyst: str,
    reason: str,
    consent: str | None,
    kafka: KafkaOptions,
    prefix: str,
) -> None:
    """State facts about harm: FACTS is a JSON file, or - for standard input.

    Example: {"direct_loss_cny": 60000000, "persons": 120000, "data_class": "important"}
    """
    try:
        impact = msgspec.json.decode(facts.read(), type=Impact)
    except (msgspec.ValidationError, msgspec.DecodeError) as fault:
        known = ", ".join(Impact.__struct_fields__)
        raise click.ClickException(f"{facts.name}: {fault}; facts are {known}") from fault
    with open_sink(store, database, must_exist=True) as sink:
        command = compose(
            sink,
            incident_id,
            "impact",
            analyst,
            reason=reason,
            impact=impact,
            consent=consent or "",
        )
        send_command(sink, command, store, kafka, prefix)


@incidents_group.command("override")
@click.argument("incident_id")
@click.option("--regime", type=click.Choice(get_args(Regime)), required=True)
@click.option(
    "--tier",
    type=click.Choice(["I", "II", "III", "IV", "none"]),
    required=True,
    help="none lifts the override: the computed tier stands alone again.",
)
@click.option("--reason", required=True, help="Kept beside the computed tier.")
@sink_options
@click.option("--analyst", default=getpass.getuser, help="Who says so. Default: you.")
@kafka_options(required=False)
@prefix_option
def override_command(
    incident_id: str,
    regime: str,
    tier: str,
    reason: str,
    store: Path | None,
    database: str,
    analyst: str,
    kafka: KafkaOptions,
    prefix: str,
) -> None:
    """An expert's tier, beside the computed one and never in its place."""
    with open_sink(store, database, must_exist=True) as sink:
        said = "" if tier == "none" else tier
        command = compose(
            sink, incident_id, "override", analyst, reason=reason, regime=regime, tier=said
        )
        send_command(sink, command, store, kafka, prefix)


@incidents_group.command("reported")
@click.argument("incident_id")
@click.argument("obligation_id")
@sink_options
@click.option("--analyst", default=getpass.getuser, help="Who says so. Default: you.")
@click.option("--reason", default="")
@kafka_options(required=False)
@prefix_option
def reported_command(
    incident_id: str,
    obligation_id: str,
    store: Path | None,
    database: str,
    analyst: str,
    reason: str,
    kafka: KafkaOptions,
    prefix: str,
) -> None:
    """An obligation is done: OBLIGATION_ID was reported."""
    with open_sink(store, database, must_exist=True) as sink:
        command = compose(
            sink, incident_id, "reported", analyst, reason=reason, obligation_id=obligation_id
        )
        send_command(sink, command, store, kafka, prefix)


for each in (form_command, *RULING_COMMANDS):
    incidents_group.add_command(each)
