"""The made store, written once through a real sink and closed when the module is done."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.files.registry_file import registry_rows
from schemas.investigation import Investigation, InvestigationSettings
from sinks.chdb import ChdbSink
from sinks.investigation_tables import INVESTIGATIONS
from sinks.rows import rows_of
from tests.dashboards.drill_sample import drill_rows
from tests.dashboards.sample import CASES, ENTERPRISES, INVESTIGATED, NOW, Case, decisions
from tests.dashboards.sample_programme import exports, programme
from tests.dashboards.sample_rules import rules


@pytest.fixture(scope="module")
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder a module: a process has one open at a time."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def store(store_folder: Path) -> Iterator[ChdbSink]:
    """Four incidents in earnest, one in a drill, a campaign, and an investigation beside them."""
    sink = fill_stores(store_folder)
    yield sink
    sink.close()


def fill_stores(folder: Path) -> ChdbSink:
    """The made store, open, and an investigation beside it."""
    aside = _fill(folder, "investigation_sample", INVESTIGATED)
    settings = InvestigationSettings(
        start="2026-01-01T00:00:00Z", end="2026-01-02T00:00:00Z", enterprises=(), source="kafka",
        prefix="fenghuo", rules="r", policy="p", registry="r",
    )  # fmt: skip
    finished = Investigation(
        investigation="sample", settings=settings, began_at=NOW, finished_at=NOW + 1
    )
    aside.write({INVESTIGATIONS.name: [INVESTIGATIONS.row(finished)]}, "sample")
    aside.close()
    return _fill(folder, "fenghuo", CASES)


def _fill(folder: Path, database: str, cases: tuple[Case, ...]) -> ChdbSink:
    sink = ChdbSink(folder, database)
    sink.migrate()
    registry = {enterprise.enterprise_id: enterprise for enterprise in ENTERPRISES}
    told = [*decisions(cases), *exports(ENTERPRISES, NOW)]
    sink.write({**registry_rows(registry), **rules()}, "registry")
    sink.write({**rows_of(told), **programme(ENTERPRISES), **drill_rows()}, "sample")
    return sink


@pytest.fixture(scope="module")
def empty_store(store_folder: Path) -> Iterator[ChdbSink]:
    """A store in which nothing has happened yet, not even an investigation."""
    sink = ChdbSink(store_folder, "empty")
    sink.migrate()
    yield sink
    sink.close()
