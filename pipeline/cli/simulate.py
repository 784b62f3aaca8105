"""`fenghuo simulate`: made enterprises and their traffic, as files or as NDJSON."""

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipeline.cli.terminal import say
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import Publisher, make_registry, signing_key
from pipeline.simulate.stories.table import STORIES
from pipeline.simulate.traffic import SimulatedBatch, make_traffic, plan_attacks
from schemas.moments import SECOND, Moment, format_moment, moment_of, parse_moment

_HOSTILE = tuple(name for name, story in STORIES.items() if story.hostile)


@click.command("simulate")
@click.option("--seed", default=1, show_default=True, help="The same seed, the same bytes.")
@click.option("--enterprises", default=200, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--events", default=150, show_default=True, type=click.IntRange(0))
@click.option("--start", default=None, help="RFC 3339; without it, the period ends now.")
@click.option("--duration", default=7_200, show_default=True, type=click.IntRange(600))
@click.option("--victims", default=1, show_default=True, type=click.IntRange(0))
@click.option("--story", "stories", multiple=True, type=click.Choice(_HOSTILE))
@click.option(
    "--campaign",
    type=click.Choice(_HOSTILE),
    help="A story that one attacker tells in several provinces.",
)
@click.option("--campaign-victims", default=3, show_default=True, type=click.IntRange(2))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="A new directory.")
@click.option("--registry-only", is_flag=True, help="Only the registry, as NDJSON on stdout.")
def simulate_command(
    *,
    seed: int,
    enterprises: int,
    events: int,
    start: str | None,
    duration: int,
    victims: int,
    stories: tuple[str, ...],
    campaign: str | None,
    campaign_victims: int,
    out: Path | None,
    registry_only: bool,
) -> None:
    """Ordinary events of made ENTERPRISES with attacks hidden in them.

    `--events` is the mean per enterprise, `--duration` is in seconds. With `--out`, a directory
    of registry.ndjson, keys/, events/ENTERPRISE.FORMAT.ndjson and truth.ndjson; without it, one
    JSON object a batch on stdout.
    """
    publishers = make_registry(seed, enterprises)
    if registry_only:
        _print_rows(enterprise for enterprise, _ in publishers)
        return
    if campaign and campaign not in (stories or _HOSTILE):
        raise click.BadParameter(f"add --story {campaign}", param_hint="--campaign")
    config = SimulationConfig(
        start=_start_of(start, duration),
        duration_s=duration,
        events=events,
        victims=victims,
        stories=stories or _HOSTILE,
        campaign=campaign or "",
        campaign_victims=campaign_victims,
    )
    batches = make_traffic(seed, config, publishers)
    if out is None:
        _print_rows(_as_object(batch) for batch in batches)
    else:
        _write_directory(out, seed, config, publishers, batches)


def _start_of(text: str | None, duration_s: int) -> Moment:
    if text is None:
        return moment_of(datetime.now(UTC)) - duration_s * SECOND
    try:
        return parse_moment(text)
    except ValueError as fault:
        raise click.BadParameter(
            f"{text!r} is not RFC 3339: write 2026-01-31T08:00:00Z", param_hint="--start"
        ) from fault


def _print_rows(rows: Iterable[object]) -> None:
    for row in rows:
        click.echo(msgspec.json.encode(row))


def _as_object(batch: SimulatedBatch) -> dict[str, object]:
    return {
        "enterprise_id": batch.enterprise_id,
        "format": batch.format,
        "first_time": format_moment(batch.first_time),
        "last_time": format_moment(batch.last_time),
        "lines": [msgspec.Raw(line) for line in batch.lines],
    }


def _write_directory(
    out: Path,
    seed: int,
    config: SimulationConfig,
    publishers: Sequence[Publisher],
    batches: Iterable[SimulatedBatch],
) -> None:
    try:
        out.mkdir(parents=True)
    except FileExistsError as fault:
        raise click.ClickException(f"{out} exists; name a new directory") from fault
    _write_rows(out / "registry.ndjson", [enterprise for enterprise, _ in publishers])
    _write_rows(out / "truth.ndjson", plan_attacks(seed, config, publishers))
    _write_keys(out / "keys", publishers)
    written = _write_events(out / "events", batches)
    say(f"{len(publishers)} enterprises, {written} events in {out}", err=True)


def _write_rows(path: Path, rows: Iterable[object]) -> None:
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))


def _write_keys(directory: Path, publishers: Sequence[Publisher]) -> None:
    directory.mkdir()
    for enterprise, private in publishers:
        pem = signing_key(private).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path = directory / f"{enterprise.enterprise_id}.pem"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            target.write(pem)


def _write_events(directory: Path, batches: Iterable[SimulatedBatch]) -> int:
    """Each batch is appended to its enterprise's and format's file, in the stream's order."""
    directory.mkdir()
    written = 0
    for batch in batches:
        path = directory / f"{batch.enterprise_id}.{batch.format}.ndjson"
        with path.open("ab") as target:
            target.writelines(line + b"\n" for line in batch.lines)
        written += len(batch.lines)
    return written
