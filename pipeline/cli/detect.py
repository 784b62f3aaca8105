"""`fenghuo detect`: Sigma over recordings, one JSON object a match on stdout (shell)."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from pipeline.app.collector import spare_long_lived
from pipeline.app.engines import RULE_CACHE
from pipeline.app.file_reading import read_recordings
from pipeline.cli.file_account import FileAccount
from pipeline.cli.file_reading import (
    encoding_option,
    format_option,
    zone_option,
)
from pipeline.cli.options import FILE, PATH
from pipeline.cli.progress import Progress
from pipeline.cli.terminal import say
from pipeline.files.recordings import Recording, open_recording
from pipeline.files.rule_files import load_rules
from pipeline.intake.event_times import time_of
from pipeline.intake.faults import EventFault
from pipeline.intake.time_shapes import LocalTime
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.reading.documents import SigmaRule
from schemas.moments import format_moment
from schemas.time_zones import zone_of


def read_expand(_ctx: click.Context, _param: click.Parameter, given: Sequence[str]) -> Any:
    """`NAME=VALUE` options to a mapping; a name may be given more than once."""
    values: dict[str, list[str]] = {}
    for each in given:
        name, separator, value = each.partition("=")
        if not separator or not name:
            raise click.BadParameter(f"'{each}' is not NAME=VALUE")
        values.setdefault(name.strip("%"), []).append(value)
    return values


expand_option = click.option(
    "--expand",
    multiple=True,
    callback=read_expand,
    metavar="NAME=VALUE",
    help="A value of the placeholder %NAME% (modifier expand); may be repeated.",
)


@click.command("detect")
@click.option(
    "--rules",
    "folders",
    multiple=True,
    required=True,
    type=PATH,
    help="Folder (or .tar.xz, or file) of Sigma rules; may be repeated.",
)
@format_option
@zone_option
@encoding_option
@click.option(
    "--assume-source",
    metavar="CATEGORY/PRODUCT/SERVICE",
    default="",
    help="Log source of documents that say nothing of theirs, as in /windows/; /*/ for any.",
)
@expand_option
@click.argument("files", nargs=-1, required=True, type=FILE)
def detect_command(
    folders: tuple[Path, ...],
    format: str,
    zone: str,
    encoding: str,
    assume_source: str,
    expand: Mapping[str, Sequence[str]],
    files: tuple[Path, ...],
) -> None:
    """Match FILES (NDJSON, JSON, .gz, .zip) against Sigma rules.

    stdout: {"rule_id", "title", "level", "file", "line", "time"} for each match; `member`
    too for files in an archive. Exit 1 if a line could not be read, or a file gave nothing that
    has a known shape; it is named on stderr.
    """
    rules = load_rules(folders, RULE_CACHE, expand)
    if rules.faults:
        say(
            f"{len(rules.rules)} rules loaded; {len(rules.faults)} faults left documents out: "
            "see `fenghuo rules check`",
            err=True,
        )
    if not rules.rules:
        raise click.ClickException("no rule could be loaded: check the folders given")
    rules = rules.assuming(assume_source)
    spare_long_lived()
    local = LocalTime(zone_of(zone or "UTC"), time.time_ns() // 1_000)
    accounts = [FileAccount(file) for file in files]
    for file, account in zip(files, accounts, strict=True):
        _detect_file(rules, file, format, encoding, local, account)
    understood = [account.close() for account in accounts]
    unread = sum(account.unread for account in accounts)
    if rules.effort.general_events:
        say(
            f"{rules.effort.general_events} events were of too many kinds for a plan of their own: "
            "matched like the others, more slowly",
            err=True,
        )
    if rules.effort.unplaced_events:
        say(
            f"{rules.effort.unplaced_events} documents say nothing of their log source: no rule "
            "that names a product was asked; --assume-source says what they are",
            err=True,
        )
    if unread:
        say(f"{unread} documents could not be read", err=True)
    if unread or not all(understood):
        sys.exit(1)


def _detect_file(
    rules: RuleSet, file: Path, format: str, encoding: str, local: LocalTime, account: FileAccount
) -> None:
    """Writes the matches of one file."""
    with Progress(file.name, file.stat().st_size) as progress:
        recordings = open_recording(file, progress.advance, encoding)
        for recording, found in read_recordings(recordings, format):
            if found.fault is not None:
                account.refused(recording, found.fault)
                continue
            account.took(recording, found.fields)
            matched = rules.matches(found.fields, found.raw)
            if matched:
                sys.stdout.buffer.writelines(_rows(matched, found.fields, file, recording, local))
    sys.stdout.buffer.flush()


def fields_of(recording: Recording, format: str) -> dict[str, Any]:
    """The fields of the first event of a document, in this format or `auto`. Raises EventFault."""
    for _, found in read_recordings([recording], format):
        if found.fault is not None:
            raise found.fault
        return found.fields
    raise EventFault("no_event", "a line that holds no event")


def _rows(
    matched: Sequence[SigmaRule],
    fields: Mapping[str, Any],
    file: Path,
    recording: Recording,
    local: LocalTime,
) -> Iterator[bytes]:
    moment = time_of(fields, local)
    for rule in matched:
        row: dict[str, Any] = {
            "rule_id": rule.head.rule_id,
            "title": rule.head.title,
            "level": rule.head.level,
            "file": str(file),
            "line": recording.line,
            "time": None if moment is None else format_moment(moment),
        }
        if recording.member:
            row["member"] = recording.member
        yield orjson.dumps(row) + b"\n"
