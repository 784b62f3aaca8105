"""`fenghuo incidents`: what a regulator decides, and what describes an incident (shell)."""

from collections.abc import Callable
from typing import Any, get_args

import click
import msgspec

from pipeline.cli.command_senders import CommandRoute, route_options
from schemas.assessment import TIERS, Regime, WarningNotice
from schemas.command import Body, Particulars, Verb
from schemas.moments import parse_moment

BODIES = [body for body in get_args(Body) if body]
_BODY = click.option("--body", type=click.Choice(BODIES), required=True, help="Which body decides.")
_CONSENT = click.option(
    "--consent", type=click.Choice(BODIES), default=None, help="Which body agreed, where one must."
)


INCIDENT_IDS = click.argument("incident_ids", nargs=-1, required=True, metavar="INCIDENT...")
"""Numbers of the last list, or beginnings of ids."""


REASON = click.option("--reason", default="", help="Kept with the command.")


def ruling(
    name: str,
    verb: Verb,
    help: str,
    *options: Callable[[Any], Any],
    reason: Callable[[Any], Any] = REASON,
) -> click.Command:
    """A command whose options are the particulars of the verb."""

    @route_options
    @reason
    def say(incident_ids: tuple[str, ...], route: CommandRoute, **particulars: Any) -> None:
        stated = {name: value for name, value in particulars.items() if value is not None}
        route.say(incident_ids, verb, **stated)

    decorated: Any = say
    for option in (*options[::-1], INCIDENT_IDS):
        decorated = option(decorated)
    made: click.Command = click.command(name, help=help)(decorated)
    return made


class _JsonFile(click.ParamType):
    """A file of JSON, or - for standard input, as one type; its fault names what is allowed."""

    name = "file"

    def __init__(self, of: Any, example: str) -> None:
        self.of, self.example = of, example

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            with click.open_file(value, "rb") as file:
                return self.decode(file.read())
        except OSError as fault:
            self.fail(f"{value}: {fault.strerror}; name a JSON file, or - for standard input")
        except ValueError as fault:  # msgspec's faults are of this kind too
            fields = ", ".join(self.of.__struct_fields__)
            self.fail(f"{value}: {fault}; fields are {fields}; for example {self.example}")

    def decode(self, text: bytes) -> Any:
        """The text as the type."""
        return msgspec.json.decode(text, type=self.of)


class _WarningFile(_JsonFile):
    """Its two moments are written as people write them: RFC 3339."""

    def decode(self, text: bytes) -> Any:
        fields = msgspec.json.decode(text, type=dict[str, Any])
        for name in ("starts_at", "handle_by"):
            if isinstance(fields.get(name), str):
                fields[name] = parse_moment(fields[name])
        return msgspec.convert(fields, WarningNotice)


_PARTICULARS = click.argument(
    "particulars",
    type=_JsonFile(Particulars, '{"cause": "...", "volume_gb": 12, "reporter": "..."}'),
)
_WARNING = click.argument(
    "warning",
    type=_WarningFile(
        WarningNotice,
        '{"colour": "yellow", "starts_at": "2026-03-02T09:00:00+08:00", "scope_and_harm": "...", '
        '"matters": "...", "measures": "...", "handle_by": "2026-03-03T09:00:00+08:00", '
        '"distribution": "...", "issued_by": "local_regulator"}',
    ),
)

RULING_COMMANDS: tuple[click.Command, ...] = (
    ruling(
        "describe",
        "describe",
        "State what the forms ask and no sensor knows: PARTICULARS is a JSON file, or -.",
        _PARTICULARS,
    ),
    ruling(
        "fix-tier",
        "fix_tier",
        "The regulator fixes the tier; lowering I or II needs consent.",
        click.option("--regime", type=click.Choice(get_args(Regime)), required=True),
        click.option("--tier", type=click.Choice(TIERS), required=True),
        _BODY,
        _CONSENT,
    ),
    ruling(
        "issue-warning",
        "issue_warning",
        "A body issues the warning: WARNING is a JSON file of its eight fields, or -.",
        _WARNING,
        _CONSENT,
    ),
    ruling("adjust-warning", "adjust_warning", "The warning is adjusted.", _WARNING, _CONSENT),
    ruling("lift-warning", "lift_warning", "The body that issued it lifts the warning.", _BODY),
    ruling(
        "end-response",
        "end_response",
        "The response is declared ended: the summaries' limits count from here.",
        _BODY,
    ),
)
