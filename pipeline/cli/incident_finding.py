"""Incidents and obligations by what a person types: a number of the last list, or an id (shell)."""

import os
from collections.abc import Sequence

import click

from pipeline.app.stores import ADDRESS_VARIABLE, StorePlace
from pipeline.cli.shown_numbers import PREFIX_CHARACTERS, NumberUnknown, ShownNumbers
from pipeline.cli.terminal import say
from schemas.ids import content_id
from sinks.contract import Answer, Store
from sinks.ddl import literal


def numbers_of(store: StorePlace) -> ShownNumbers:
    """The numbers under which this store's things were shown."""
    address = str(store.folder.resolve()) if store.folder else os.environ.get(ADDRESS_VARIABLE, "")
    return ShownNumbers(content_id("store", address, store.database))


def keep_numbers(numbers: ShownNumbers, of: str, ids: list[str]) -> None:
    """What was shown is 1, 2, … from now on; where that cannot be kept, say so."""
    try:
        numbers.keep(of, ids)
    except OSError as fault:
        place = f"{fault.filename}: {fault.strerror}"
        say(f"{place}: use ids, the numbers cannot be kept", err=True)


def find_incidents(sink: Store, names: Sequence[str], numbers: ShownNumbers) -> list[Answer]:
    """The incident of each name, each once; a ClickException where one is none or several."""
    found = [find_incident(sink, name, numbers) for name in names]
    return list({str(each["incident_id"]): each for each in found}.values())


def find_incident(sink: Store, name: str, numbers: ShownNumbers) -> Answer:
    """The one incident of a number, or whose id begins so; a ClickException otherwise."""
    where = _where("incident_id", name, numbers, "")
    found = sink.query(f"SELECT * FROM incidents WHERE {where} LIMIT 2")
    return _only(found, "incident", name, "`fenghuo incidents list --all`")


def find_obligation(sink: Store, incident_id: str, name: str, numbers: ShownNumbers) -> str:
    """The id of the one obligation of this incident; a ClickException otherwise."""
    where = _where("obligation_id", name, numbers, incident_id)
    of_incident = f"incident_id = {literal(incident_id)}"
    found = sink.query(f"SELECT * FROM obligations WHERE {of_incident} AND {where} LIMIT 2")
    see = f"`fenghuo incidents show {incident_id[:12]}`"
    return str(_only(found, "obligation", name, see)["obligation_id"])


def find_exception(sink: Store, name: str, of: str, numbers: ShownNumbers) -> Answer:
    """The one exception of a number, or whose id begins so; a ClickException otherwise."""
    where = _where("exception_id", name, numbers, of)
    found = sink.query(f"SELECT * FROM exceptions WHERE {where} LIMIT 2")
    return _only(found, "exception", name, "`fenghuo exceptions list --all`")


def find_export_duty(sink: Store, name: str, of: str, numbers: ShownNumbers) -> Answer:
    """The one duty of exports of a number, or whose id begins so; a ClickException otherwise."""
    where = _where("obligation_id", name, numbers, of)
    found = sink.query(f"SELECT * FROM obligations WHERE incident_id = '' AND {where} LIMIT 2")
    return _only(found, "export obligation", name, "`fenghuo exports duties --all`")


def _where(column: str, name: str, numbers: ShownNumbers, of: str) -> str:
    try:
        id = numbers.resolve(of, name)
    except NumberUnknown as fault:
        raise click.ClickException(str(fault)) from fault
    if len(id) < PREFIX_CHARACTERS:
        raise click.ClickException(
            f"{name!r}: give {PREFIX_CHARACTERS} characters of the id, or a number of the list"
        )
    return f"startsWith({column}, {literal(id)})"


def _only(found: Sequence[Answer], what: str, name: str, see: str) -> Answer:
    if len(found) == 1:
        return found[0]
    problem = f"several {what}s" if found else f"no {what}"
    raise click.ClickException(f"{problem} {name}; see {see}")
