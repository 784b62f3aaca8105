"""Options that several commands share (shell)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A file that is read."""
NEW_FILE: Final = click.Path(dir_okay=False, path_type=Path)
"""A file that is written."""
PATH: Final = click.Path(exists=True, path_type=Path)
"""A file, or a folder, that is read."""

Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def with_options(command: Callable[..., Any], *options: Option) -> Callable[..., Any]:
    """The command with these options, which its help lists in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def registry_option(meaning: str, *, required: bool = False) -> Option:
    """The option `--registry`, a file that is there, or the worker's variable."""
    return click.option(
        "--registry", envvar="FENGHUO_REGISTRY", required=required, type=FILE, help=meaning
    )


def policy_option(meaning: str, *, required: bool = False) -> Option:
    """The option `--policy`, a file that is there, or the worker's variable."""
    return click.option(
        "--policy", envvar="FENGHUO_POLICY", required=required, type=FILE, help=meaning
    )


def json_option(meaning: str = "JSON lines.") -> Option:
    """The option `--json`: what is shown, for scripts; the command gets `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help=meaning)
