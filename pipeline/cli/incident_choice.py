"""Which incidents a list shows: options of the command line, as one condition in SQL (shell)."""

from collections.abc import Callable, Iterable
from typing import Any, get_args

import click
import msgspec

from pipeline.app.incident_rows import EVERY, OPEN
from pipeline.cli.moments import RFC3339
from pipeline.intake.registry_table import read_province
from schemas.assessment import TIERS
from schemas.incident import Status
from schemas.moments import Moment
from schemas.provinces import PROVINCES
from sinks.ddl import literal, moment_literal

STATUSES = get_args(Status)


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; an empty part asks nothing. Of several values one must hold."""

    everything: bool = False
    enterprises: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    unassigned: bool = False
    tiers: tuple[str, ...] = ()
    since: Moment | None = None
    text: str = ""

    def condition(self) -> str:
        """Over the columns of `incident_rows.INCIDENTS`."""
        return " AND ".join(filter(None, [self._standing(), *self._parts()]))

    def _standing(self) -> str:
        if self.statuses:
            return "1" if self.everything else "i.drill = ''"
        return EVERY if self.everything else OPEN

    def _parts(self) -> list[str]:
        return [
            _among("i.enterprise_id", self.enterprises),
            _among("i.province", self.provinces),
            _among("i.sector", self.sectors),
            _among("i.status", self.statuses),
            _among("i.assignee", self.assignees),
            "i.assignee = ''" if self.unassigned else "",
            _among("gravest_tier", self.tiers),
            f"i.opened_at >= {moment_literal(self.since)}" if self.since else "",
            _holds(self.text) if self.text else "",
        ]


TOLD_IN = ("i.title", "i.title_en", "i.story", "i.story_en", "i.enterprise_id", "e.name")
"""Where a text is looked for, beside the values of the entities and the id."""


def _among(column: str, values: Iterable[str]) -> str:
    listed = ", ".join(map(literal, values))
    return f"{column} IN ({listed})" if listed else ""


def _holds(text: str) -> str:
    sought = literal(text)
    places = [f"positionCaseInsensitiveUTF8({column}, {sought}) > 0" for column in TOLD_IN]
    among = f"arrayExists(x -> positionCaseInsensitiveUTF8(x, {sought}) > 0, i.entity_values)"
    return f"({' OR '.join([*places, among, f'startsWith(i.incident_id, {sought})'])})"


class _Province(click.ParamType):
    """A province by its code, or its name in either language."""

    name = "province"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        code = str(read_province(str(value)))
        if code not in PROVINCES:
            raise click.BadParameter(
                f"no province {value!r}: give a code as 440000, or a name as 广东 or Guangdong"
            )
        return code


_OPTIONS = (
    click.option("--all", "everything", is_flag=True, help="Closed ones and drills too."),
    click.option("--enterprise", "enterprises", multiple=True, help="Of this enterprise's id."),
    click.option("--province", "provinces", multiple=True, type=_Province(), help="Code or name."),
    click.option("--sector", "sectors", multiple=True, help="As the registry says it."),
    click.option("--status", "statuses", multiple=True, type=click.Choice(STATUSES)),
    click.option("--assignee", "assignees", multiple=True, help="Who works on it."),
    click.option("--unassigned", is_flag=True, help="Nobody works on it."),
    click.option(
        "--tier",
        "tiers",
        multiple=True,
        type=click.Choice(TIERS),
        help="The gravest tier of any regime, as it stands.",
    ),
    click.option("--since", type=RFC3339, default=None, help="Discovered then or later: RFC 3339."),
    click.option("--text", default="", help="In title, story, entities or name of enterprise."),
)


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose incidents; each may be given several times, one of them holds."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
