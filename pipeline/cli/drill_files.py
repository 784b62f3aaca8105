"""The drill that a file describes, held against registry and policy (shell)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pipeline.cli.engines import load_policy, load_registry
from pipeline.cli.options import FILE, policy_option, registry_option, with_options
from pipeline.drills.drill_file import DrillFault, DrillFile, parse_drill
from pipeline.drills.planning import faults_of
from pipeline.policy import Policy
from schemas.registry import Registry


def drill_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument FILE, and the registry and policy that it is held against."""
    return with_options(
        command,
        click.argument("file", type=FILE),
        registry_option("Enterprises, one JSON object a line.", required=True),
        policy_option("The workers' policy file: it knows the organisers.", required=True),
    )


def read_drill(
    file: Path, registry: Registry, policy: Policy
) -> tuple[DrillFile | None, list[DrillFault]]:
    """The drill as far as it can be read, and every fault."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        return None, [DrillFault(str(file), "file", str(fault), "save it as UTF-8")]
    parsed = parse_drill(text, str(file))
    if parsed.drill is None:
        return None, [*parsed.faults]
    organisers = [each.organiser_id for each in policy.organisers]
    return parsed.drill, faults_of(parsed.drill, str(file), registry, organisers)


def require_drill(file: Path, registry: Registry, policy: Policy) -> DrillFile:
    """The drill; its faults end the command with exit code 1."""
    drill, faults = read_drill(file, registry, policy)
    if drill is None or faults:
        raise click.ClickException("\n".join(map(str, faults)))
    return drill


def load_drill(file: Path, registry: Path, policy: Path) -> tuple[DrillFile, Registry, Policy]:
    """Drill, registry and policy of the options; faults end the command with exit code 1."""
    known, in_force = load_registry(registry), load_policy(policy)
    return require_drill(file, known, in_force), known, in_force
