"""`fenghuo policy`: check a policy file, show what is in force, try facts against it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, get_args

import click
import msgspec

from pipeline.cli.moments import EARLIEST, LATEST
from pipeline.cli.options import json_option
from pipeline.cli.spoken_language import lang_option, spoken_language
from pipeline.cli.terminal import say
from pipeline.cross_border.what_if import try_exports
from pipeline.severity.facts import KINDS
from pipeline.severity.what_if import FactsFault, facts_schema, try_facts
from schemas.assessment import Law
from schemas.facts import TrialFacts
from schemas.glossary import Term
from schemas.language import Language
from schemas.moments import moment_of

if TYPE_CHECKING:
    from pipeline.policy import Policy

FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)
_IN_ORDER = Term("{file}：没有问题", "{file}: in order")
_POLICY = click.option("--policy", "policy_file", type=FILE, help="A policy file; else defaults.")


@click.group(name="policy")
def policy_group() -> None:
    """Tiers and duties: check a policy, show what is in force, try facts."""


@policy_group.command("check")
@click.argument("files", nargs=-1, required=True, type=FILE)
def check_command(files: tuple[str, ...]) -> None:
    """Every fault of every policy FILE, with its place, cause and remedy."""
    faulty = False
    for file in files:
        faults = _faults(file)
        faulty = faulty or bool(faults)
        for fault in faults:
            say(fault, err=True)
        if not faults:
            click.echo(_IN_ORDER.of(spoken_language()).format(file=file))
    sys.exit(1 if faulty else 0)


@policy_group.command("show")
@_POLICY
@json_option("The whole policy and its tables as JSON.")
@click.option("--regime", type=click.Choice(get_args(Law)), help="Only this law.")
@lang_option
def show_command(
    policy_file: str | None, as_json: bool, regime: str | None, lang: Language
) -> None:
    """The limbs, duties and choices in force."""
    from pipeline.cli import policy_tables

    policy = _policy(policy_file)
    wanted = [regime] if regime else list(get_args(Law))
    if as_json:
        data = policy_tables.as_data(policy.severity, wanted)
        data |= policy_tables.thresholds_as_data(policy.cross_border) if not regime else {}
        click.echo(msgspec.json.encode(data))
    else:
        policy_tables.show_policy(policy.severity, wanted, lang)
        policy_tables.show_thresholds(policy.cross_border, lang)


@policy_group.command("try")
@_POLICY
@click.option("--facts", "facts_file", type=FILE, help="JSON file of facts; - for stdin.")
@json_option("One JSON object on stdout.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the facts file.")
@lang_option
def try_command(
    policy_file: str | None, facts_file: str | None, as_json: bool, schema: bool, lang: Language
) -> None:
    """What tier these facts would give, why, and who must tell whom by when."""
    from pipeline.cli.policy_answer import show_answer

    if schema:
        click.echo(msgspec.json.format(msgspec.json.encode(facts_schema())).decode())
        return
    if facts_file is None:
        _stop("--facts: no file given; name one, or - for stdin (--schema prints its schema)")
    policy = _policy(policy_file)
    facts = _read_facts(facts_file)
    _check_years(facts_file, facts)
    try:
        answer = try_facts(policy.severity, facts)
    except FactsFault as fault:
        _stop(f"{facts_file}: {fault}")
    answer["thresholds"] = try_exports(policy.cross_border, facts)
    if as_json:
        click.echo(msgspec.json.encode(answer))
    else:
        show_answer(answer, lang)


def _read_facts(file: str) -> TrialFacts:
    try:
        return msgspec.json.decode(_read(file), type=TrialFacts)
    except msgspec.ValidationError as fault:
        _stop(f"{file}: {fault}; {_remedy(str(fault))}")
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        _stop(f"{file}: no JSON: {fault}; see `fenghuo policy try --schema`")


def _check_years(file: str, facts: TrialFacts) -> None:
    """Deadlines are reckoned from these moments: they need calendar on both sides."""
    for name in ("discovered_at", "handling_ended_at"):
        moment = getattr(facts, name)
        if moment is not None and not EARLIEST <= moment_of(moment) < LATEST:
            _stop(f"{file}: $.{name}: {moment.isoformat()}; give a year from 1900 to 2199")


def _remedy(fault: str) -> str:
    """The words that a fact allows, where the fault is about one."""
    fact = fault.rpartition("$.")[2].rstrip("`")
    kind = KINDS.get(fact.rpartition(".")[2])
    if kind is not None and kind.words and "enum" in fault:
        return f"use one of {', '.join(kind.words)}, or leave it out where it is unknown"
    return "correct it, or leave it out where it is unknown (see `fenghuo policy try --schema`)"


def _read(file: str) -> bytes:
    return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()


def _faults(file: str) -> list[str]:
    """All faults of one policy file."""
    from pipeline.policy import PolicyFault, read_policy

    try:
        read_policy(_read(file).decode(), file)
    except PolicyFault as fault:
        return str(fault).splitlines()
    except UnicodeDecodeError as fault:
        return [f"{file}: {fault}; save it as UTF-8"]
    return []


def _policy(file: str | None) -> "Policy":
    """A policy file, or the defaults; exits 2 for a faulty one."""
    from pipeline.policy import Policy, read_policy

    if file is None:
        return Policy()
    faults = _faults(file)
    if faults:
        _stop("\n".join(faults))
    return read_policy(_read(file).decode(), file)


def _stop(message: str) -> NoReturn:
    say(message, err=True)
    sys.exit(2)
