"""Backup and restore: what comes back is, row for row, what was there."""

import re
import tarfile
from pathlib import Path
from typing import Any

import chdb
import pytest
from click.testing import CliRunner

from pipeline.app.embedded_states import STATES_FILE
from pipeline.cli.main import main
from sinks.chdb import ChdbSink
from sinks.tables import TABLES
from tests.docs.links import ROOT
from tests.releases.keep import FOLDER, unpack_store
from tests.sinks.test_linked_copy import Writer

pytestmark = pytest.mark.store
DIGEST = "SELECT count() AS rows, groupBitXor(cityHash64(*)) AS digest FROM {name}"
VIEWS = [name for table in TABLES for name in (table.name, table.history) if name]
CONFIGURATION = "<clickhouse><backups><allowed_path>{place}</allowed_path></backups></clickhouse>"


def digests(store: Path) -> dict[str, Any]:
    """Rows and digest of every view and history."""
    sink = ChdbSink(store, read_only=True)
    try:
        return {name: sink.query(DIGEST.format(name=name)) for name in VIEWS}
    finally:
        sink.close()


def back_up(store: Path, folder: Path) -> Path:
    """Backed up and restored, as the page on operations says."""
    file, restored = folder / "store.tar", folder / "restored"
    result = CliRunner().invoke(main, ["backup", str(file), "--store", str(store)])
    assert result.exit_code == 0, result.output
    restored.mkdir()
    with tarfile.open(file) as archive:
        archive.extractall(restored, filter="data")
    assert not file.with_name("store.tar.new").exists()
    return restored


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return unpack_store(sorted(FOLDER.iterdir())[-1], tmp_path)


def test_an_embedded_store_comes_back_with_the_states_beside_it(
    store: Path, tmp_path: Path
) -> None:
    (store / STATES_FILE).write_bytes(b"states")
    before = digests(store)
    assert before["events"][0]["rows"] > 0
    restored = back_up(store, tmp_path)
    assert digests(restored) == before
    assert (restored / STATES_FILE).read_bytes() == b"states"


def test_a_store_is_backed_up_beside_its_writer(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "store", batches=9, free=4)
    try:
        writer.reach("4")
        restored = back_up(tmp_path / "store", tmp_path)
    finally:
        writer.end()
    assert digests(restored)["events"][0]["rows"] == 4


def statements() -> list[str]:
    """The page's own, with a file in place of the server's disk."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.findall(r"^(?:BACKUP|RESTORE) DATABASE .*;$", page, re.MULTILINE)
    return [each.rstrip(";").replace("Disk('backups', ", "File(") for each in found]


def test_a_server_s_statements_of_the_page_on_operations(store: Path, tmp_path: Path) -> None:
    before = digests(store)
    configuration = tmp_path / "engine.xml"
    configuration.write_text(CONFIGURATION.format(place=tmp_path / "backups"))
    backup, restore = statements()
    engine: Any = chdb  # the package has no types
    connection = engine.connect(f"{store}?config-file={configuration}")
    for statement in (backup, "DROP DATABASE fenghuo SYNC", restore):
        connection.query(statement)
    connection.close()
    assert digests(store) == before
