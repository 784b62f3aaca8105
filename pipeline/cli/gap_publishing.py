"""`fenghuo gaps publish`: late findings of an investigation become incidents (shell)."""

from collections.abc import Collection, Iterator, Sequence

import click

from pipeline.cli.command_senders import CommandRoute, route_options
from pipeline.cli.investigations import require_investigation
from pipeline.cli.terminal import say
from pipeline.commands.gate import LATE_FINDING
from pipeline.replay.gap_reading import Investigated, read_investigated, read_late_findings
from pipeline.replay.late_findings import Found, parts_of
from schemas.command import Command
from schemas.late_finding import LateDetection, LateFinding
from sinks.contract import Store


@click.command("publish")
@click.argument("name")
@click.option(
    "--incident", "names", multiple=True, help="Only these: the beginning of the id; default: all."
)
@click.option("--reason", required=True, help="Kept with the command.")
@route_options
def publish_command(name: str, names: tuple[str, ...], reason: str, route: CommandRoute) -> None:
    """Admit late findings of investigation NAME: they become incidents like any other.

    Each is a command of yours to the worker, with its detections. They are marked as late
    findings; the law's clocks run from now on, when they were found.
    """
    with require_investigation(route.store, name).read() as sink:
        investigated = read_investigated(sink)
    chosen = _chosen(investigated, names)

    def commands(sink: Store) -> list[Command]:
        late = read_late_findings(sink, investigated)
        said = [
            route.command(
                LATE_FINDING,
                incident_id=incident_id,
                enterprise_id=enterprise_id,
                reason=reason,
                finding=LateFinding(investigation=name, detections=part),
            )
            for incident_id in chosen
            for enterprise_id, part in _parts(late, investigated.incidents[incident_id])
        ]
        if not said:
            say("nothing to publish: all that it found is live, or was seen as it came", err=True)
        return said

    route.send(commands)


def _parts(
    late: Sequence[Found], held: Collection[str]
) -> Iterator[tuple[str, tuple[LateDetection, ...]]]:
    """The late findings among what one incident holds, and whose they are: a part a command."""
    of_incident = [each for each in late if each.detection.detection_id in held]
    for part in parts_of(each.detection for each in of_incident):
        yield of_incident[0].enterprise_id, part


def _chosen(investigated: Investigated, names: Sequence[str]) -> list[str]:
    """Incidents whose id begins with one of the names; all of them where there are none."""
    ids = list(investigated.incidents)
    for name in names:
        if sum(each.startswith(name) for each in ids) != 1:
            raise click.ClickException(
                f"no one incident of the investigation has an id that begins with {name!r}; see "
                "`fenghuo investigations show`"
            )
    return [each for each in ids if not names or each.startswith(tuple(names))]
