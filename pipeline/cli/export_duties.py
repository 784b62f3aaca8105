"""`fenghuo exports duties`, `fulfil`, `waive`, `reopen`: what thresholds oblige to (shell)."""

from collections.abc import Sequence
from typing import Final

import click

from dashboards.words import OBLIGATION, PROVINCE, translate
from pipeline.cli.command_senders import CommandRoute, route_options
from pipeline.cli.incident_finding import find_export_duty, keep_numbers, numbers_of
from pipeline.cli.incident_table import SHORT_ID, local_minute
from pipeline.cli.options import json_option
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import print_table
from pipeline.cli.terminal import say_json_lines
from schemas.command import Command, Verb
from schemas.glossary import INCIDENT, Term, capital, read
from schemas.language import Language
from sinks.contract import Answer, Store
from sinks.ddl import literal

LIST: Final = "export duties"
"""Under which the numbers of this list are kept."""
_DUTIES: Final = """
SELECT o.*, e.name AS enterprise FROM obligations AS o
LEFT JOIN enterprises AS e ON e.enterprise_id = o.enterprise_id
WHERE o.incident_id = '' AND {chosen}
ORDER BY o.state IN ('done', 'withdrawn'), o.starts_at, o.obligation_id
"""
_NONE: Final = Term("没有因数据出境产生的义务。", "No duty of exports.")


@click.command("duties")
@store_options
@click.option("--province", help="GB/T 2260 code, such as 330000.")
@click.option("--all", "everything", is_flag=True, help="Those that are done or withdrawn too.")
@json_option()
@lang_option
def duties_command(
    store: ChosenStore, province: str | None, everything: bool, as_json: bool, lang: Language
) -> None:
    """What enterprises owe for what they sent abroad or hold, the longest open on top."""
    chosen = [
        "1" if everything else "o.state NOT IN ('done', 'withdrawn') AND o.drill = ''",
        f"o.province = {literal(province)}" if province else "1",
    ]
    with store.read() as sink:
        found = sink.query(_DUTIES.format(chosen=" AND ".join(chosen)))
    if as_json:
        say_json_lines(found)
        return
    keep_numbers(numbers_of(store), LIST, [str(each["obligation_id"]) for each in found])
    _print(found, lang)


@click.command("fulfil")
@click.argument("obligation_ids", nargs=-1, required=True, metavar="DUTY...")
@click.option("--reason", required=True, help="What was filed, when, under which number.")
@route_options
def fulfil_command(obligation_ids: tuple[str, ...], reason: str, route: CommandRoute) -> None:
    """Duties are done; DUTY is a number of `exports duties`, or begins an id.

    It settles what had been counted by then: the next export without a legal ground that
    suffices makes the duty due again.
    """
    _settle("fulfil_obligation", obligation_ids, reason, route)


@click.command("waive")
@click.argument("obligation_ids", nargs=-1, required=True, metavar="DUTY...")
@click.option("--reason", required=True, help="Why nothing is owed, and who says so.")
@route_options
def waive_command(obligation_ids: tuple[str, ...], reason: str, route: CommandRoute) -> None:
    """Duties are not asked for; DUTY is a number of `exports duties`, or begins an id.

    As with `fulfil`, for what had been counted by then.
    """
    _settle("waive_obligation", obligation_ids, reason, route)


@click.command("reopen")
@click.argument("obligation_ids", nargs=-1, required=True, metavar="DUTY...")
@click.option("--reason", required=True, help="What was mistaken in the settlement.")
@route_options
def reopen_command(obligation_ids: tuple[str, ...], reason: str, route: CommandRoute) -> None:
    """A mistaken `fulfil` or `waive` is taken back: duties are due since they first were.

    DUTY is a number of `exports duties --all`, or begins an id. Both stay among the commands.
    """
    _settle("reopen_obligation", obligation_ids, reason, route)


def _settle(verb: Verb, names: Sequence[str], reason: str, route: CommandRoute) -> None:
    def commands(sink: Store) -> list[Command]:
        found = [find_export_duty(sink, name, LIST, route.numbers) for name in names]
        once = {str(each["obligation_id"]): each for each in found}
        return [
            route.command(
                verb,
                incident_id="",
                enterprise_id=str(each["enterprise_id"]),
                drill=str(each["drill"]),
                reason=reason,
                obligation_id=obligation_id,
            )
            for obligation_id, each in once.items()
        ]

    route.send(commands)


def _print(found: Sequence[Answer], lang: Language) -> None:
    names = ("number", "id", "status", "enterprise", "province", "opened_at", "reason")
    rows = [
        (
            number,
            str(each["obligation_id"])[:SHORT_ID],
            translate(OBLIGATION, str(each["state"]), lang),
            each["enterprise"] or each["enterprise_id"],
            translate(PROVINCE, str(each["province"]), lang),
            local_minute(each["starts_at"]),
            each["reason" if lang == "zh" else "reason_en"],
        )
        for number, each in enumerate(found, 1)
    ]
    heads = [capital(read(INCIDENT, name, lang)) for name in names]
    print_table(heads, rows, empty=_NONE.of(lang))
