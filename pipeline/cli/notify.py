"""`fenghuo notify`: tells other tools of incidents and deadlines, beside the workers (shell)."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from pipeline.app.stores import StoreFault, open_store
from pipeline.cli.options import NEW_FILE
from pipeline.cli.spans import SPAN
from pipeline.cli.stores import ChosenStore, store_options
from pipeline.cli.terminal import say
from pipeline.notices.content import Notice
from pipeline.notices.figures import Figures
from pipeline.notices.outbox import Outbox
from pipeline.notices.reading import read_notices
from pipeline.notices.receivers import NotTold, tell
from pipeline.notices.settings import Channel, NoticesFault, read_channels
from schemas.moments import SECOND, Moment
from sinks.contract import Store


@click.command("notify")
@click.option(
    "--channels",
    "file",
    type=NEW_FILE,
    required=True,
    help="YAML or JSON: whom to tell what.",
)
@click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Folder for what is still to be told. Default: in $XDG_STATE_HOME.",
)
@click.option("--every", type=SPAN, default="30s", show_default=True, help="Between two looks.")
@click.option("--once", is_flag=True, help="One look, then the end; exit 1 where something waits.")
@click.option(
    "--metrics-host", default="127.0.0.1", show_default=True, help="Where metrics are served."
)
@click.option("--metrics-port", type=int, default=None, help="Serve metrics to Prometheus here.")
@click.option("--test", is_flag=True, help="Tell every channel that this is a test; exit 1 unless.")
@store_options
def notify_command(
    file: Path,
    state: Path | None,
    every: Moment,
    once: bool,
    metrics_host: str,
    metrics_port: int | None,
    test: bool,
    store: ChosenStore,
) -> None:
    """Tell of new incidents, their tiers, and reports due soon or late, until Ctrl-C.

    By webhook, DingTalk, WeCom and mail. It reads the store and delays no worker; what a receiver
    does not take waits, up to a day, and is then kept in given-up.ndjson. What was before the
    first call is not told.
    """
    try:
        channels = read_channels(file)
    except NoticesFault as fault:
        raise click.ClickException(str(fault)) from fault
    if test:
        return _test(channels)
    figures = Figures(channels)
    _serve(figures, metrics_host, metrics_port)
    with _alone(state or _state_folder()) as folder:
        try:
            outbox = Outbox(folder, time.time())
        except (NoticesFault, OSError) as fault:
            raise click.ClickException(str(fault)) from fault
        while True:
            faults = _round(outbox, channels, store, figures)
            if once:
                raise click.exceptions.Exit(1 if outbox.waiting or faults else 0)
            time.sleep(every / SECOND)


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """The folder, for this process alone: two would tell everything twice."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield folder
    except BlockingIOError as fault:
        raise click.ClickException(
            f"{folder}: another `fenghuo notify` uses it; end that one, or name another --state"
        ) from fault
    except OSError as fault:
        raise click.ClickException(f"{folder}: {fault.strerror}; name another --state") from fault


def _serve(figures: Figures, host: str, port: int | None) -> None:
    if port is None:
        return
    try:
        taken = figures.serve(host, port)
    except OSError as fault:
        raise click.ClickException(
            f"{host}:{port}: {fault.strerror}; name another --metrics-port or --metrics-host"
        ) from fault
    say(f"metrics on http://{host}:{taken}/metrics", err=True)


def _round(
    outbox: Outbox, channels: tuple[Channel, ...], store: ChosenStore, figures: Figures
) -> list[str]:
    """One look, and what waits is told; what went wrong. A store that is away is one of these."""
    new, faults = 0, list[str]()
    try:
        with open_store(store.folder, store.database, must_exist=True) as sink:
            new = _look(outbox, channels, sink)
    except StoreFault as fault:
        faults.append(str(fault))
    faults += outbox.deliver(channels, figures.counting(tell), time.time)
    figures.see(outbox)
    for each in faults:
        say(each, err=True)
    if new or faults:
        say(f"{new} new, {outbox.waiting} waiting, {outbox.given_up} given up", err=True)
    return faults


def _look(outbox: Outbox, channels: tuple[Channel, ...], sink: Store) -> int:
    now_s = time.time()
    begun, looked = (round(each * SECOND) for each in (outbox.begun_s, outbox.looked_s))
    return outbox.put(channels, read_notices(sink, begun, looked), now_s)


def _test(channels: tuple[Channel, ...]) -> None:
    said = {"zh": "测试通知：通道可用", "en": "a test: this channel works"}
    notice = Notice(
        notice_id=f"test-{time.time_ns()}",
        subject="opened",
        incident_id="test",
        enterprise_id="test",
        enterprise="",
        province="",
        tier="",
        titles=said,
        details=said,
    )
    failed = False
    for channel in channels:
        try:
            tell(channel, notice)
        except NotTold as fault:
            failed = True
            say(f"{channel.name}: {fault}", err=True)
        else:
            say(f"{channel.name}: told", err=True)
    raise click.exceptions.Exit(int(failed))


def _state_folder() -> Path:
    named = os.environ.get("XDG_STATE_HOME", "")
    return (Path(named) if named else Path.home() / ".local" / "state") / "fenghuo" / "notify"
