"""The engine that a command's options describe: rules, policy, registry (shell)."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from pipeline.cli.terminal import say
from pipeline.correlation.faults import CorrelationFaults
from pipeline.files.registry_file import LOCAL, read_registry_file
from pipeline.files.rule_files import load_rules
from pipeline.path import Engine
from pipeline.policy import Policy, PolicyFault, read_policy
from schemas.registry import Registry

Command = TypeVar("Command", bound=Callable[..., object])

OWN_RULES = Path(__file__).parents[1] / "rules"
RULE_CACHE = Path.home() / ".cache" / "fenghuo"


def engine_options(command: Command) -> Command:
    """The options `--rules`, `--registry` and `--policy`, with the worker's variables."""
    rules = click.option(
        "--rules",
        "rule_folders",
        multiple=True,
        envvar="FENGHUO_RULES",
        type=click.Path(exists=True, path_type=Path),
        help="Folder (or .tar.xz) of Sigma rules; several may be given. Default: our own.",
    )
    registry = click.option(
        "--registry",
        envvar="FENGHUO_REGISTRY",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        default=None,
        help="Enterprises, one JSON object a line. Default: one enterprise, `local`.",
    )
    policy = click.option(
        "--policy",
        envvar="FENGHUO_POLICY",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        default=None,
        help="Policy file (YAML or JSON). Default: the documented defaults.",
    )
    return rules(registry(policy(command)))


def load_policy(path: Path | None) -> Policy:
    """The policy of a file, or the defaults; a fault in it ends the command."""
    if path is None:
        return Policy()
    try:
        return read_policy(path.read_text(encoding="utf-8"), str(path))
    except PolicyFault as fault:
        raise click.ClickException(str(fault)) from fault
    except UnicodeDecodeError as fault:
        raise click.ClickException(f"{path}: {fault}; save it as UTF-8") from fault


def load_registry(path: Path | None) -> Registry:
    """The registry's sound rows; each fault is said on stderr. Without a file: one enterprise."""
    if path is None:
        return {LOCAL.enterprise_id: LOCAL}
    parsed = read_registry_file(path)
    for fault in parsed.faults:
        say(str(fault), err=True)
    if not parsed.enterprises:
        raise click.ClickException(f"{path}: no sound row; see the faults above")
    return parsed.enterprises


def load_engine(
    rule_folders: tuple[Path, ...], registry: Path | None, policy: Path | None
) -> Engine:
    """Rules compiled, faults of rules counted on stderr, policy and registry read."""
    rules = load_rules(rule_folders or (OWN_RULES,), RULE_CACHE)
    if not rules.rules:
        raise click.ClickException(
            f"no rule in {', '.join(map(str, rule_folders))}: name folders of Sigma rules, "
            "or none for our own; `fenghuo rules check` says what is wrong with each"
        )
    if rules.faults:
        loaded = f"{len(rules.rules)} rules loaded, {len(rules.faults)} faults"
        say(f"{loaded}: see `fenghuo rules check`", err=True)
    try:
        return Engine(rules, load_policy(policy), load_registry(registry))
    except CorrelationFaults as faults:
        raise click.ClickException(str(faults).replace("; ", "\n")) from faults
