"""`fenghuo registry import`: show what a table of enterprises would change, then apply it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
import msgspec

from dashboards.words import Language, Text
from pipeline.app.registry_import import (
    Candidates,
    Change,
    Known,
    ask_store,
    compare_file,
    compare_store,
    read_candidates,
    write_registry,
    write_store,
)
from pipeline.app.stores import ADDRESS_VARIABLE
from pipeline.cli.engines import refusals
from pipeline.cli.signing import require_both, sign_written, signing_options
from pipeline.cli.spoken_language import lang_option
from pipeline.cli.stores import open_sink, sink_options
from pipeline.cli.terminal import say
from pipeline.files.registry_file import read_registry_file
from pipeline.files.signed_files import check_of_environment
from pipeline.files.spreadsheets import SheetFault
from pipeline.intake.registry_diff import MEANING
from schemas.glossary import read
from schemas.glossary_registry import REGISTRY
from schemas.registry import Registry
from sinks.contract import Store

SHOWN: Final = 20
"""Of each kind of change, for a person."""
_SUMMARY: Final = Text(
    "新增 {added}，变更 {changed}（{fields} 项），移出 {removed}",
    "{added} added, {changed} changed ({fields} fields), {removed} removed",
)
_UNKNOWN: Final = Text("未采用的列或工作表：{names}", "columns or sheets not taken: {names}")
_MORE: Final = Text("…… 另有 {count} 项（--all 全部列出）", "… {count} more (--all lists them)")
_PREVIEW: Final = Text("尚未写入；确认无误后加 --apply", "nothing was written; --apply writes it")
_APPLIED: Final = Text("已写入 {places}", "written to {places}")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--registry",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="The registry's file (NDJSON), which workers read: FILE's rows become its rows. "
    "Without it only the store's table is compared and written.",
)
@sink_options
@click.option(
    "--partial", is_flag=True, help="FILE lists some enterprises: those it leaves out stay."
)
@click.option("--apply", "is_applied", is_flag=True, help="Write what was shown.")
@click.option(
    "--confirm",
    "confirmed",
    multiple=True,
    type=click.Choice(list(MEANING)),
    help="Let enterprises lose keys, or leave with open incidents or with state.",
)
@click.option("--all", "everything", is_flag=True, help="Every change, however many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a change, or a fault.")
@signing_options
@lang_option
def import_command(
    file: Path,
    registry: Path | None,
    store: Path | None,
    database: str,
    partial: bool,
    is_applied: bool,
    confirmed: Sequence[str],
    everything: bool,
    as_json: bool,
    sign_key: Path | None,
    sign_key_id: str,
    lang: Language,
) -> None:
    """Bring FILE (CSV, .xlsx or NDJSON) into the registry: a diff first, with --apply for good."""
    if partial and registry is None:
        raise click.UsageError("--partial needs --registry: the store does not hold whole rows")
    require_both(sign_key, sign_key_id)
    before = _read_registry(registry)
    candidates = _read_candidates(file, before)
    _refuse_faults(candidates, as_json)
    after = {**(before if partial else {}), **candidates.parsed.enterprises}
    with _store_or_none(registry, store, database, is_applied) as sink:
        known = Known() if sink is None else ask_store(sink, store)
        change = (
            compare_store(after, known) if registry is None else compare_file(before, after, known)
        )
        _show(change, candidates.unknown, as_json, everything, lang)
        if not is_applied:
            say(_PREVIEW.of(lang), err=True)
            return
        _require_confirmed(change, confirmed)
        places = _write(registry, sink, after, "keys" in change.switched_off, known)
        if registry is not None:
            sign_written(registry, sign_key, sign_key_id)
    say(_APPLIED.of(lang).format(places=", ".join(places)), err=True)


def _read_registry(registry: Path | None) -> Registry:
    if registry is None or not registry.exists():
        return {}
    with refusals():
        parsed = read_registry_file(registry, check_of_environment())
    if parsed.faults:
        raise click.ClickException(f"{parsed.faults[0]} (mend it first: its row would be lost)")
    return parsed.enterprises


def _read_candidates(file: Path, before: Registry) -> Candidates:
    try:
        return read_candidates(file, before)
    except SheetFault as fault:
        raise click.ClickException(str(fault)) from fault


def _refuse_faults(candidates: Candidates, as_json: bool) -> None:
    faults = candidates.parsed.faults
    for fault in faults:
        say(msgspec.json.encode(fault).decode() if as_json else str(fault), err=not as_json)
    if faults:
        rows = candidates.parsed.faulty_rows
        raise click.ClickException(f"{len(faults)} faults in {rows} rows; nothing was written")


@contextmanager
def _store_or_none(
    registry: Path | None, store: Path | None, database: str, is_applied: bool
) -> Iterator[Store | None]:
    """The store; none beside a registry's file unless one is named, and none is made to look."""
    is_named = store is not None or ADDRESS_VARIABLE in os.environ
    is_absent = store is not None and not (store / "metadata").is_dir()
    if (registry is not None and not is_named) or (is_absent and not is_applied):
        yield None
        return
    with open_sink(store, database) as sink:
        yield sink


def _show(
    change: Change, unknown: Sequence[str], as_json: bool, everything: bool, lang: Language
) -> None:
    diff = change.diff
    if as_json:
        for line in _json_lines(change):
            say(msgspec.json.encode(line))
    else:
        for kind in (_rows(diff.added, "+"), _fields(change, lang), _rows(diff.removed, "-")):
            _say_some(kind, everything, lang)
    for what, names in change.switched_off.items():
        say(f"{what}: {len(names)} {MEANING[what]}: {', '.join(names[:SHOWN])}", err=True)
    if unknown:
        say(_UNKNOWN.of(lang).format(names=", ".join(unknown)), err=True)
    counts = {
        "added": len(diff.added),
        "changed": len({each.enterprise_id for each in diff.changed}),
        "fields": len(diff.changed),
        "removed": len(diff.removed),
    }
    say(_SUMMARY.of(lang).format(**counts), err=True)


def _say_some(lines: Sequence[str], everything: bool, lang: Language) -> None:
    shown = lines if everything else lines[:SHOWN]
    for line in shown:
        say(line)
    if len(shown) < len(lines):
        say(_MORE.of(lang).format(count=len(lines) - len(shown)))


def _rows(names: Sequence[str], sign: str) -> list[str]:
    return [f"{sign} {name}" for name in names]


def _fields(change: Change, lang: Language) -> list[str]:
    return [
        f"~ {each.enterprise_id} {read(REGISTRY, each.field, lang)}: "
        f"{_worded(each.before)} → {_worded(each.after)}"
        for each in change.diff.changed
    ]


def _worded(value: object) -> str:
    if value in (None, "", (), []):
        return "–"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _json_lines(change: Change) -> Iterator[Mapping[str, object]]:
    yield from ({"change": "added", "enterprise_id": name} for name in change.diff.added)
    for each in change.diff.changed:
        yield {"change": "changed", **msgspec.to_builtins(each)}
    yield from ({"change": "removed", "enterprise_id": name} for name in change.diff.removed)
    for what, names in change.switched_off.items():
        yield {"switched_off": what, "enterprise_ids": names}


def _require_confirmed(change: Change, confirmed: Sequence[str]) -> None:
    missing = change.unconfirmed(confirmed)
    if missing:
        options = " ".join(f"--confirm {what}" for what in missing)
        raise click.ClickException(f"nothing was written; if that is meant: {options}")


def _write(
    registry: Path | None,
    sink: Store | None,
    after: Registry,
    is_loss_confirmed: bool,
    known: Known,
) -> list[str]:
    places = []
    if registry is not None:
        write_registry(registry, after, is_loss_confirmed)
        places.append(str(registry))
    if sink is not None:
        write_store(sink, after, known)
        places.append("store")
    return places
