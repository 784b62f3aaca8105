"""A store as a worker would have left it, and what is read back of investigations beside it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import PIPE, Popen

import msgspec
from click.testing import CliRunner, Result

from pipeline.cli.main import main as fenghuo
from pipeline.demo.traffic import write_registry
from pipeline.path import Engine
from pipeline.state import EnterpriseState
from schemas.batch import Batch
from schemas.moments import HOUR, format_moment
from sinks.chdb import ChdbSink
from sinks.rows import rows_of
from sinks.tables import TABLES
from tests.engine.builders import (
    ENTERPRISE,
    RECEIPT,
    RULES,
    batch,
    failed_logon,
    make_engine,
    shadow_copies,
)

Views = dict[str, list[dict[str, object]]]


class PastStore:
    """A folder with rules, a registry and a store of these batches."""

    def __init__(self, folder: Path, batches: Sequence[Batch], rules: str = RULES) -> None:
        self.store = folder / "st"
        self.rules = folder / "rules"
        self.registry = folder / "registry.ndjson"
        self.rules.mkdir()
        (self.rules / "rules.yml").write_text(rules)
        write_registry(self.registry, [ENTERPRISE])
        fill(self.store, make_engine(), batches)

    def command(self, name: str, *options: object) -> list[str]:
        """`fenghuo replay` of everything, from the store's lines."""
        of_rules = () if "--rules" in options else ("--rules", self.rules)
        places = ("--store", self.store, "--registry", self.registry, *of_rules)
        period = ("--from", format_moment(RECEIPT), "--to", format_moment(RECEIPT + 24 * HOUR))
        command = ("replay", "--name", name, "--source", "store", *period, *places, *options)
        return [*map(str, command)]

    def replay(self, name: str, *options: object) -> Result:
        return CliRunner().invoke(fenghuo, self.command(name, *options))

    def begin(self, name: str) -> "Popen[str]":
        """The same in a process of its own."""
        words = (sys.executable, "-m", "pipeline.cli.main", *self.command(name))
        return Popen(words, stdout=PIPE, stderr=PIPE, text=True)

    def call(self, *arguments: str) -> Result:
        return CliRunner().invoke(fenghuo, [*arguments, "--store", str(self.store)])

    def views(self, name: str, folder: str = "") -> Views:
        """Every table of the investigation but the one that says what it is."""
        return views(self.store / f"investigation_{folder or name}", f"investigation_{name}")


def batches(count: int) -> list[Batch]:
    """As they come over Kafka: two logons each, in every twentieth something worse."""
    lines = (
        [failed_logon(each, f"u{each % 9}"), failed_logon(each, f"v{each % 7}")]
        + ([shadow_copies(each, f"ws-{each % 3}")] if each % 20 == 0 else [])
        for each in range(count)
    )
    return [
        msgspec.structs.replace(batch(each, number), topic="fenghuo.events", partition=0)
        for number, each in enumerate(lines)
    ]


def fill(store: Path, engine: Engine, batches: Sequence[Batch]) -> None:
    """What a worker would have written of these batches, in one go."""
    state, sink = EnterpriseState(), ChdbSink(store)
    rows: dict[str, list[tuple[object, ...]]] = {}
    for each in batches:
        for table, of_table in rows_of(engine.process(state, each)).items():
            rows.setdefault(table, []).extend(of_table)
    sink.migrate()
    sink.write(rows, "t")
    sink.close()


def views(folder: Path, database: str) -> Views:
    sink = ChdbSink(folder, database)
    try:
        names = [each.name for each in TABLES if each.name != "investigations"]
        return {name: sink.view(name) for name in names}
    finally:
        sink.close()
