"""`fenghuo exceptions`: rules silenced where an analyst says so, what that hides (shell)."""

import time
from collections.abc import Sequence
from typing import Final

import click

from pipeline.cli.command_senders import CommandRoute, route_options
from pipeline.cli.incident_finding import find_exception, keep_numbers, numbers_of
from pipeline.cli.incident_table import SHORT_ID, local_minute
from pipeline.cli.moments import RFC3339
from pipeline.cli.options import json_option
from pipeline.cli.spans import UNTIL
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.tables import print_table
from pipeline.cli.terminal import say, say_json_lines
from schemas.command import Command
from schemas.exception import Scope
from schemas.glossary import ENTITY, EXCEPTION, INCIDENT, Term, capital, read
from schemas.language import Language
from schemas.moments import Moment
from sinks.contract import Answer, Store
from sinks.ddl import literal

LIST: Final = "exceptions"
"""Under which the numbers of this list are kept."""
_NONE = Term("没有规则例外。", "No exceptions.")
_EXCEPTIONS = """
SELECT x.*, if(d.title = '', x.rule_id, d.title) AS title,
    if(d.title_zh = '', title, d.title_zh) AS title_zh
FROM exceptions AS x
LEFT JOIN (SELECT rule_id, any(title) AS title, any(title_zh) AS title_zh
           FROM detections GROUP BY rule_id) AS d ON d.rule_id = x.rule_id
WHERE {chosen} ORDER BY x.state != 'active', x.ends_at, x.exception_id
"""
_RULES = """
SELECT rule_id, count() AS detections FROM detections
WHERE startsWith(rule_id, {name}) OR title = {name} OR title_zh = {name}
GROUP BY rule_id ORDER BY rule_id LIMIT 2
"""


@click.group("exceptions")
def exceptions_group() -> None:
    """Silence a rule at an enterprise for a period, see how much that hides, end it.

    What is hidden is counted; its events stay in the store. The period is of event time.
    """


@exceptions_group.command("list")
@store_options
@click.option("--all", "everything", is_flag=True, help="Those that are over too.")
@click.option("--enterprise", "enterprise_id", default="", help="Of this enterprise's id.")
@click.option("--rule", "rule_id", default="", help="Of this rule's id.")
@json_option()
@lang_option
def list_command(
    store: ChosenStore,
    everything: bool,
    enterprise_id: str,
    rule_id: str,
    as_json: bool,
    lang: Language,
) -> None:
    """Exceptions in force, the next to end first, and how much each has hidden."""
    chosen = [
        "1" if everything else "x.state = 'active'",
        f"x.enterprise_id = {literal(enterprise_id)}" if enterprise_id else "1",
        f"x.rule_id = {literal(rule_id)}" if rule_id else "1",
    ]
    with store.read() as sink:
        found = sink.query(_EXCEPTIONS.format(chosen=" AND ".join(chosen)))
    if as_json:
        say_json_lines(found)
        return
    keep_numbers(numbers_of(store), LIST, [str(each["exception_id"]) for each in found])
    _print(found, lang)


@exceptions_group.command("add")
@click.option("--enterprise", "enterprise_id", required=True, help="At which enterprise.")
@click.option("--rule", required=True, help="Id or title of the rule, or the beginning of the id.")
@click.option("--host", default="", help="Only where this host takes part.")
@click.option("--account", default="", help="Only where this account takes part.")
@click.option("--address", default="", help="Only where this address, or network, takes part.")
@click.option(
    "--from", "starts_at", type=RFC3339, default=None, help="Event time: RFC 3339. Default: now."
)
@click.option(
    "--until", "ends_at", type=UNTIL, required=True, help="Event time: RFC 3339, or 8h, 30d."
)
@click.option("--reason", required=True, help="Why; kept and shown.")
@click.option("--drill", default="", help="Of this drill of the enterprise.")
@route_options
def add_command(
    enterprise_id: str,
    rule: str,
    starts_at: Moment | None,
    ends_at: Moment,
    reason: str,
    drill: str,
    route: CommandRoute,
    **named: str,
) -> None:
    """Silence a rule where all that is named takes part; nothing named: the whole enterprise."""
    begins = starts_at if starts_at is not None else time.time_ns() // 1_000

    def commands(sink: Store) -> list[Command]:
        scope = Scope(rule_id=_rule_id(sink, rule), starts_at=begins, ends_at=ends_at, **named)
        said = {"incident_id": "", "enterprise_id": enterprise_id, "drill": drill}
        return [route.command("add_exception", reason=reason, scope=scope, **said)]

    route.send(commands)


@exceptions_group.command("end")
@click.argument("exception_ids", nargs=-1, required=True, metavar="EXCEPTION...")
@click.option("--reason", required=True, help="Why; kept and shown.")
@route_options
def end_command(exception_ids: tuple[str, ...], reason: str, route: CommandRoute) -> None:
    """End exceptions before their time; EXCEPTION is a number of the list or begins an id."""

    def commands(sink: Store) -> list[Command]:
        found = [find_exception(sink, name, LIST, route.numbers) for name in exception_ids]
        once = {str(each["exception_id"]): each for each in found}
        return [
            route.command(
                "end_exception",
                incident_id="",
                enterprise_id=str(each["enterprise_id"]),
                drill=str(each["drill"]),
                reason=reason,
                exception_id=exception_id,
            )
            for exception_id, each in once.items()
        ]

    route.send(commands)


def _rule_id(sink: Store, name: str) -> str:
    """The id of the rule that was named; one that has found nothing yet is taken at its word."""
    found = sink.query(_RULES.format(name=literal(name)))
    if len(found) > 1:
        raise click.ClickException(f"several rules {name}; give more of the id")
    if found:
        return str(found[0]["rule_id"])
    say(f"{name}: no detection of it is stored; an id that no rule has hides nothing", err=True)
    return name


def _print(found: Sequence[Answer], lang: Language) -> None:
    heads = [INCIDENT[name] for name in ("number", "id", "status", "enterprise", "rule")]
    heads += [EXCEPTION[name] for name in ("scope", "period", "hidden", "last_hidden")]
    heads += [INCIDENT[name] for name in ("analyst", "reason")]
    rows = [
        (
            number,
            str(each["exception_id"])[:SHORT_ID],
            read(EXCEPTION, str(each["state"]), lang),
            each["enterprise_id"],
            each["title_zh" if lang == "zh" else "title"],
            _where(each, lang),
            f"{local_minute(each['starts_at'])} – {local_minute(each['ends_at'])}",
            each["hidden"],
            local_minute(each["last_hidden"]) if each["last_hidden"] else "-",
            each["analyst"],
            each["reason"],
        )
        for number, each in enumerate(found, 1)
    ]
    print_table([capital(head.of(lang)) for head in heads], rows, empty=_NONE.of(lang))


def _where(each: Answer, lang: Language) -> str:
    named = [
        f"{read(ENTITY, kind, lang)} {each[kind]}"
        for kind in ("host", "account", "address")
        if each[kind]
    ]
    return ", ".join(named) or EXCEPTION["everywhere"].of(lang)
