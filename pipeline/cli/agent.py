"""`fenghuo agent`: takes what an enterprise's own tools send, signs it, and sends it on."""

import urllib.error
import urllib.request
from pathlib import Path

import click
import msgspec

from pipeline.agent.process import AgentFault, serve
from pipeline.agent.settings import AgentSettings, SettingsFault, read_agent_settings
from pipeline.agent.status import Status
from pipeline.app.publishing import Sender
from pipeline.cli.signing import read_private_key

_SETTINGS = click.argument("settings", type=click.Path(exists=True, dir_okay=False, path_type=Path))
ANSWER_S = 5.0


@click.group("agent")
def agent_group() -> None:
    """Takes syslog, HTTP, files and standard input; signs, keeps, sends (docs/publishing.md)."""


@agent_group.command("run")
@_SETTINGS
def run_command(settings: Path) -> None:
    """Run the agent of the SETTINGS file until it is told to stop.

    What it took stands on the disk until Kafka has it; it may be killed and started again.
    """
    read = _read(settings)
    sender = Sender(read.enterprise, read.key_id, read_private_key(read.key))
    try:
        serve(read, sender)
    except AgentFault as fault:
        raise click.ClickException(str(fault)) from fault


@agent_group.command("check")
@_SETTINGS
def check_command(settings: Path) -> None:
    """Say what is wrong with the SETTINGS file, all of it; nothing is started."""
    read_private_key(_read(settings).key)
    click.echo(f"{settings}: fine")


@agent_group.command("status")
@_SETTINGS
@click.option("--json", "as_json", is_flag=True, help="As the agent says it.")
def status_command(settings: Path, as_json: bool) -> None:
    """How the running agent of the SETTINGS file stands.

    Exit code 1 while it has a problem, and while batches have waited for their receipts for more
    than a minute: their signing key may not be registered.
    """
    address = _read(settings).status
    try:
        with urllib.request.urlopen(f"http://{address}/status", timeout=ANSWER_S) as answer:
            said = answer.read()
    except (urllib.error.URLError, OSError) as fault:
        raise click.ClickException(f"no agent at {address}: {fault}; start it") from fault
    status = msgspec.json.decode(said, type=Status)
    click.echo(said.decode() if as_json else _written(status))
    if told := [*status.problems, *filter(None, [status.silence])]:
        raise click.ClickException("; ".join(told))


def _read(path: Path) -> AgentSettings:
    try:
        return read_agent_settings(path)
    except SettingsFault as faults:
        raise click.UsageError(str(faults)) from faults


def _written(status: Status) -> str:
    rows = [
        f"{each.name}: {each.lines} lines taken, {each.sent_lines} sent in {each.sent_batches} "
        f"batches, {each.unsent_lines} waiting ({each.spool_bytes} bytes), {each.refused} refused"
        for each in status.inputs
    ]
    answers = (
        f"receipts cannot be read, so what is taken is not known here: {status.receipts}"
        if status.receipts
        else f"receipts: {status.refused_events} events not taken, "
        f"{status.unanswered_batches} batches not answered yet"
    )
    return "\n".join([f"enterprise {status.enterprise}", *rows, answers])
