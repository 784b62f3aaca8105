"""The made store, written once through a real sink and closed when the module is done."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.log_tables import ENTERPRISES as ENTERPRISE_TABLE
from sinks.chdb import ChdbSink
from sinks.rows import rows_of
from tests.dashboards.sample import ENTERPRISES, decisions


@pytest.fixture(scope="module")
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for both stores: a process has one open at a time."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def store(store_folder: Path) -> Iterator[ChdbSink]:
    """Four incidents in earnest, one in a drill, and what belongs to them."""
    sink = ChdbSink(store_folder, "fenghuo")
    sink.migrate()
    registry = [ENTERPRISE_TABLE.row(enterprise) for enterprise in ENTERPRISES]
    sink.write({**rows_of(decisions()), ENTERPRISE_TABLE.name: registry}, "sample")
    yield sink
    sink.close()


@pytest.fixture(scope="module")
def empty_store(store_folder: Path) -> Iterator[ChdbSink]:
    """A store in which nothing has happened yet."""
    sink = ChdbSink(store_folder, "empty")
    sink.migrate()
    yield sink
    sink.close()
