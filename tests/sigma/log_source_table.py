"""`python -m tests.sigma.log_source_table`: docs/log-sources.md, of SigmaHQ's rules and our tables.

What `fenghuo rules check --sources` says of a recording, said of our own golden samples, of the
regression events of SigmaHQ's own, and of one event for each mark by which a format knows a source.
"""

import ast
import sys
import tarfile
from collections import defaultdict
from collections.abc import Iterator, Set
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from pipeline.intake.formats import table
from pipeline.intake.formats.cloud import SERVICES as CLOUD
from pipeline.intake.formats.ecs import CATEGORIES as ECS
from pipeline.intake.formats.ecs import DATASETS, PRODUCTS
from pipeline.intake.formats.syslog import PROGRAMS
from pipeline.intake.formats.windows import RPC_FIREWALL
from pipeline.intake.formats.zeek import PATHS
from pipeline.intake.lines import read_lines
from pipeline.intake.texts import lines_of_value
from pipeline.sigma.log_sources import CATEGORIES, PROVIDER_CATEGORIES, SERVICES, event_source
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.matching.coverage import Coverage, coverage_of, seen_in
from pipeline.sigma.reading.documents import LogSource
from tests.docs.links import ROOT
from tests.intake.format_samples import SAMPLES
from tests.sigma.corpora import CORPORA, corpus_rules

Named: TypeAlias = tuple[str, dict[str, Any]]
"""Format, and an event's fields as rules see them."""

PAGE: Final = ROOT / "docs" / "log-sources.md"
FORMATS: Final = "pipeline.intake.formats."
SHOWN: Final = 12
HEAD: Final = """# Log sources of SigmaHQ's rules

Made by `python -m tests.sigma.log_source_table`. For each log source (category/product/service)
how many rules ask for it, which of our [formats](publishing.md#formats) feed it, and which fields
those rules ask for that no format names, with the number of rules.

Most formats keep every field under the name that the event itself has, beside the names that they
add: there a field of the last column is found if the source writes it under just that name, as
Windows does. `database`, `syslog` and the text logs of `web_access` make their fields of text: what
they do not name is not there.

"""


def golden() -> Iterator[Named]:
    """The events of the golden samples."""
    for sample in SAMPLES:
        yield from _read(sample.lines)


def regression() -> Iterator[Named]:
    """The events with which SigmaHQ tests its rules."""
    with tarfile.open(CORPORA / "sigma-regression.tar.xz") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.name.endswith(".json") else None
            if content is not None:
                yield from _read(content.read())


def marked() -> Iterator[Named]:
    """One event for each mark, with no field but those that make it one."""
    for channels in SERVICES.values():
        yield from _named({"Channel": channel, "EventID": 0} for channel in channels)
    for _, channels, ids in CATEGORIES:
        yield from _named({"Channel": each, "EventID": id} for each in channels for id in ids)
    yield from _named({"Provider_Name": each, "EventID": 1} for each in PROVIDER_CATEGORIES)
    for _, names in PATHS:
        yield from _named([{"uid": "C", "id.orig_h": "192.0.2.1", **dict.fromkeys(names, "x")}])
    for service in CLOUD:
        for marks in service.marks:
            yield service.name, table.FORMATS[service.name].fields(dict.fromkeys(marks, "x"))
    for dataset in DATASETS:
        yield from _named([{"@timestamp": "x", "event.dataset": dataset, "ecs": {}}])
    for category, kind, _ in ECS:
        event = {"event.category": [category], "event.type": [kind or "x"], "ecs": {}}
        yield from _named({**event, "host.os.type": product} for product in PRODUCTS)
    yield from _named([{"Channel": RPC_FIREWALL, "EventID": 3}])
    for program in PROGRAMS:
        yield from _read(f"<38>Mar  1 08:00:00 srv1 {program}[1]: x".encode())


def _read(lines: bytes) -> Iterator[Named]:
    for found in read_lines(table.AUTO, lines_of_value(lines)[0]):
        if found.fault is None:
            yield found.format, found.fields


def _named(documents: Any) -> Iterator[Named]:
    for document in documents:
        yield table.named_fields(table.AUTO, document)


@cache
def names_of(module: str) -> frozenset[str]:
    """Every text in a format's module and in those of formats that it builds on: the names that it
    writes or reads stand there."""
    tree = ast.parse(Path(sys.modules[module].__file__ or "").read_text(encoding="utf-8"))
    names = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(FORMATS):
            names |= names_of(node.module or "")
    return frozenset(names)


def page() -> str:
    """The page as it should be; needs the corpora."""
    rules, events = compile_rules(corpus_rules()), [*golden(), *regression(), *marked()]
    formats, seen = defaultdict[Any, set[str]](set), seen_in(fields for _, fields in events)
    for name, fields in events:
        formats[event_source(fields)].add(name)
    feeding = defaultdict[LogSource, set[str]](set)
    for each in rules.compiled:
        feeding[each.rule.logsource] |= {
            name for source, names in formats.items() if each.applies(source) for name in names
        }
    rows = []
    for source, coverage in sorted(coverage_of(rules, seen).items()):
        title = f"{source.category}/{source.product}/{source.service}"
        fed = feeding[source]
        named = {word for each in fed for word in names_of(table.FORMATS[each].fields.__module__)}
        lacking = _lacking(coverage, named) if fed else ""
        rows.append((title, coverage.rules, ", ".join(sorted(fed)) or "–", lacking))
    fed_rules = sum(count for _, count, formats_of, _ in rows if formats_of != "–")
    total = sum(count for _, count, _, _ in rows)
    summary = f"{fed_rules:,} of {total:,} rules are of a log source that a format feeds.\n\n"
    lines = [
        "| log source | rules | formats | not named by a format |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| `{name}` | {count} | {fed} | {lacking} |" for name, count, fed, lacking in rows]
    return HEAD + summary + "\n".join(lines) + "\n"


def _lacking(coverage: Coverage, named: Set[str]) -> str:
    missing = [(name, count) for name, count in coverage.missing.items() if name not in named]
    missing.sort(key=lambda each: (-each[1], each[0]))
    shown = [f"{name} {count}" for name, count in missing[:SHOWN]]
    return ", ".join(shown) + (f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
