"""The one entry point, `fenghuo`: a table of commands, each loaded when it is called."""

import ast
import errno
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from pipeline.cli.spoken_language import DOMAIN, LANGUAGE, language_of, speak
from pipeline.cli.wide_help import WideContext

COMMANDS: dict[str, str] = {
    "demo": "pipeline.cli.demo:demo_command",
    "run": "pipeline.cli.run:run_command",
    "detect": "pipeline.cli.detect:detect_command",
    "formats": "pipeline.cli.formats:formats_group",
    "rules": "pipeline.cli.rules:rules_group",
    "publish": "pipeline.cli.publish:publish_command",
    "receipts": "pipeline.cli.receipts:receipts_command",
    "agent": "pipeline.cli.agent:agent_group",
    "worker": "pipeline.cli.worker:worker_command",
    "replay": "pipeline.cli.replay:replay_command",
    "gaps": "pipeline.cli.gap_filling:gaps_group",
    "investigations": "pipeline.cli.investigations:investigations_group",
    "incidents": "pipeline.cli.incidents:incidents_group",
    "exceptions": "pipeline.cli.exceptions:exceptions_group",
    "notify": "pipeline.cli.notify:notify_command",
    "sql": "pipeline.cli.sql:sql_command",
    "report": "pipeline.cli.report:report_command",
    "registry": "pipeline.cli.registry:registry_group",
    "coverage": "pipeline.cli.coverage:coverage_group",
    "keys": "pipeline.cli.keys:keys_group",
    "dead-letters": "pipeline.cli.dead_letters:dead_letters_group",
    "campaigns": "pipeline.cli.campaigns:campaigns_group",
    "policy": "pipeline.cli.policy:policy_group",
    "exports": "pipeline.cli.exports:exports_group",
    "programme": "pipeline.cli.programme:programme_group",
    "drill": "pipeline.cli.drill:drill_group",
    "simulate": "pipeline.cli.simulate:simulate_command",
    "migrate": "pipeline.cli.migrate:migrate_command",
    "forget": "pipeline.cli.retention:forget_command",
    "broker": "pipeline.cli.broker:broker_command",
    "topics": "pipeline.cli.topics:topics_command",
    "states": "pipeline.cli.states:states_group",
    "backup": "pipeline.cli.backup:backup_command",
    "access": "pipeline.cli.access:access_group",
    "dashboards": "pipeline.cli.dashboards:dashboards_group",
    "doctor": "pipeline.cli.doctor:doctor_command",
    "config": "pipeline.cli.config:config_group",
}
"""Name on the command line, and where the command is."""


FULL = (errno.ENOSPC, errno.EDQUOT)
"""What the operating system says of a disk, or a quota, that is full."""


class _InOrder(click.Group):
    """A group whose commands are listed as its table has them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is wanted."""

    context_class = WideContext

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        # One module of 37: Faust, chDB and aiohttp are not loaded for a command without them.
        command: click.Command = getattr(import_module(module), attribute)
        from pipeline.cli.translation import command_in_language

        return command_in_language(command)

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **extra: Any) -> Any:
        """The language first: what is wrong with the call is said in it."""
        language = language_of(args, os.environ)
        speak(language)
        context = super().make_context(info_name, args, *more, **extra)
        context.meta[DOMAIN] = language
        return context

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, of their docstrings alone."""
        from pipeline.cli.translation import command_in_language

        # To import every command for its first sentence takes seconds of CPU: Faust, aiohttp, chDB.
        told = {
            name: click.Command(name, help=_docstring(place)) for name, place in COMMANDS.items()
        }
        front = _InOrder(self.name, told, params=self.params, help=self.help)
        command_in_language(front).format_help(ctx, formatter)

    def invoke(self, ctx: click.Context) -> object:
        """The command; a file that fails it, wherever it is read or written, is named."""
        try:
            return super().invoke(ctx)
        except click.ClickException as fault:
            from pipeline.cli.terminal import plain  # what draws is not loaded before it is needed
            from pipeline.cli.translation import fault_in_language

            fault.message = plain(fault_in_language(fault.message))
            raise
        except OSError as fault:
            if fault.errno in FULL:
                place = fault.filename or "what is written to"
                raise click.ClickException(
                    f"{place}: {fault.strerror}; make room on its disk, then give the command again"
                ) from fault
            if fault.filename is None and fault.errno is not None:
                raise  # a socket's or a pipe's (click ends quietly where nobody reads any more)
            named = f"{fault.filename}: {fault.strerror}" if fault.filename else str(fault)
            raise click.ClickException(named) from fault


def _docstring(place: str) -> str | None:
    """What a command says of itself, read in its source: the module is not run."""
    module, _, attribute = place.partition(":")
    source = Path(__file__).with_name(f"{module.rpartition('.')[2]}.py").read_text("utf-8")
    (found,) = (
        each
        for each in ast.parse(source).body
        if isinstance(each, ast.FunctionDef) and each.name == attribute
    )
    return ast.get_docstring(found)


@click.group(
    cls=LazyGroup, params=[LANGUAGE], context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="fenghuo")
def main() -> None:
    """Fenghuo: security events in, incidents with their statutory tiers out.

    Exit codes: 0 done, 1 the work failed, 2 called wrongly.
    """


if __name__ == "__main__":
    sys.exit(main())
