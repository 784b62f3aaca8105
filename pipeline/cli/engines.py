"""The engine that a command's options describe: rules, policy, registry (shell)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from pipeline.app.engines import EngineRefused, make_engine, policy_of, registry_of
from pipeline.cli.options import PATH, policy_option, registry_option, with_options
from pipeline.cli.terminal import say
from pipeline.files.signed_files import Check, check_of_environment, not_asked
from pipeline.intake.file_signatures import NotSigned
from pipeline.path import Engine
from pipeline.policy import Policy
from schemas.registry import Registry


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options `--rules`, `--registry` and `--policy`, with the worker's variables."""
    return with_options(
        command,
        click.option(
            "--rules",
            "rule_folders",
            multiple=True,
            envvar="FENGHUO_RULES",
            type=PATH,
            help="Folder (or .tar.xz) of Sigma rules; several may be given. Default: our own.",
        ),
        registry_option("Enterprises, one JSON object a line. Default: one enterprise, `local`."),
        policy_option("Policy file (YAML or JSON). Default: the documented defaults."),
    )


def load_registry(file: Path | None) -> Registry:
    """The registry's sound rows; each fault is said on stderr. Without a file: one enterprise."""
    with refusals():
        return registry_of(file, _say_aside, check_of_environment())


def load_policy(file: Path) -> Policy:
    """The policy; its faults end the command with exit code 1."""
    with refusals():
        return policy_of(file, check_of_environment())


def load_engine(
    rule_folders: tuple[Path, ...], registry: Path | None, policy: Path | None
) -> Engine:
    """Rules compiled, faults of rules counted on stderr, policy and registry read; each of them
    signed, where FENGHUO_SIGNERS asks for that."""
    return _load(rule_folders, registry, policy, check_of_environment())


def load_draft(
    rule_folders: tuple[Path, ...], registry: Path | None, policy: Path | None
) -> Engine:
    """Like `load_engine`, of what is being tried out or is our own: nobody need have signed it."""
    return _load(rule_folders, registry, policy, not_asked)


def _load(
    rule_folders: tuple[Path, ...], registry: Path | None, policy: Path | None, check: Check
) -> Engine:
    with refusals():
        return make_engine(rule_folders, registry, policy, _say_aside, check)


def _say_aside(text: str) -> None:
    say(text, err=True)


@contextmanager
def refusals() -> Iterator[None]:
    """What the files refuse, and files that nobody trusted has signed, end the command with exit
    code 1."""
    try:
        yield
    except (EngineRefused, NotSigned) as fault:
        raise click.ClickException(str(fault)) from fault
