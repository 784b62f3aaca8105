"""The project's own rules and their samples, as the tests read them."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import orjson
import yaml

from pipeline.context import Context
from pipeline.correlation.plan import compile_plan
from pipeline.correlation.policy import CorrelationPolicy
from pipeline.correlation.state import CorrelationState
from pipeline.correlation.step import Match, correlate, expire
from pipeline.event_time import Clock
from pipeline.intake.formats.table import read_fields
from pipeline.sigma.compile import compile_rules
from pipeline.sigma.parse import parse_rules
from pipeline.sigma.ruleset import RuleSet
from schemas.event import Event
from schemas.moments import DAY, SECOND, Moment, parse_moment
from schemas.registry import Enterprise

FILTERS = "filters"
DIRECTORY = Path(__file__).parents[2] / "pipeline" / "rules"
SAMPLES = ".samples.yml"
START = parse_moment("2026-11-23T02:00:00Z")
ENTERPRISE = Enterprise(
    enterprise_id="ent-1", name="示例", province="110000", sector="steel", field="industrial"
)


class Timed(msgspec.Struct, forbid_unknown_fields=True):
    """`times` copies of an event, the first `at_s` seconds into the sample, `every_s` apart.

    `<n>` inside a text of the event becomes the number of the copy, 0 first.
    """

    format: str
    event: dict[str, Any]
    at_s: float = 0
    times: int = 1
    every_s: float = 1


class Sample(msgspec.Struct, forbid_unknown_fields=True):
    """One event for a rule, or several in time for a correlation, and whether it must fire."""

    match: bool
    why: str
    format: str = ""
    event: dict[str, Any] | None = None
    events: list[Timed] = []


def rule_files() -> list[Path]:
    """Every rule and correlation, samples and filters left out."""
    return sorted(
        path
        for path in DIRECTORY.rglob("*.yml")
        if not path.name.endswith(SAMPLES) and path.parent.name != FILTERS
    )


def filter_files() -> list[Path]:
    """Every filter: what keeps rules, others' too, off the wrong logs."""
    return sorted((DIRECTORY / FILTERS).glob("*.yml"))


@cache
def read_document(path: Path) -> dict[str, Any]:
    """One rule file as plain YAML."""
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


@cache
def read_samples(path: Path) -> tuple[Sample, ...]:
    """The samples beside a rule file; raises for a key that the format does not know."""
    beside = path.with_name(path.stem + SAMPLES)
    return msgspec.yaml.decode(beside.read_bytes(), type=tuple[Sample, ...])


def compile_files(paths: Iterable[Path]) -> RuleSet:
    """These files as a rule set."""
    return compile_rules(
        parse_rules((str(p.relative_to(DIRECTORY)), p.read_text("utf-8")) for p in paths)
    )


@cache
def house_rules() -> RuleSet:
    """All of them."""
    return compile_files([*rule_files(), *filter_files()])


def with_its_parts(path: Path) -> list[Path]:
    """A correlation's file and, to any depth, the files of what it names."""
    by_name = {each.stem: each for each in rule_files()}
    wanted, waiting = [], [path]
    while waiting:
        each = waiting.pop()
        wanted.append(each)
        named = read_document(each).get("correlation", {}).get("rules", [])
        waiting.extend(by_name[name] for name in named)
    return sorted(set(wanted))


def rules_that_match(format: str, event: dict[str, Any]) -> set[str]:
    """Names of the rules that match one event."""
    raw = orjson.dumps(event)
    return {rule.head.name for rule in house_rules().matches(read_fields(format, raw), raw)}


def correlation_fires(path: Path, sample: Sample) -> bool:
    """Whether a correlation has a detection that holds after a sample's events, all settled."""
    rules = compile_files(with_its_parts(path))
    plan = compile_plan(rules, CorrelationPolicy())
    state, context = CorrelationState(), Context(enterprise=ENTERPRISE, rule_set_id="samples")
    matches = [
        Match(event, rule)
        for event in _events_of(sample)
        for rule in rules.matches(event.fields, event.raw)
    ]
    found = correlate(plan, state, matches, Clock(START, START), context)
    found += expire(plan, state, Clock(START + 400 * DAY, START + 400 * DAY), context)
    wanted = read_document(path)["id"]
    last = {each.detection_id: each.status for each in found if each.rule_id == wanted}
    return "active" in last.values()


def _events_of(sample: Sample) -> list[Event]:
    return [
        _make_event(timed, START + round((timed.at_s + copy * timed.every_s) * SECOND), index, copy)
        for index, timed in enumerate(sample.events)
        for copy in range(timed.times)
    ]


def _make_event(timed: Timed, time: Moment, index: int, copy: int) -> Event:
    raw = orjson.dumps(timed.event).replace(b"<n>", b"%d" % copy)
    texts = dict.fromkeys(
        ("province", "sector", "product", "category", "service", "host", "account", "source_ip",
         "destination_ip", "process", "drill"), "",
    )  # fmt: skip
    return Event(
        event_id=f"{index:04d}-{copy:04d}",
        batch_id="samples",
        enterprise_id=ENTERPRISE.enterprise_id,
        time=time,
        received_at=START,
        late=False,
        future=False,
        format=timed.format,
        fields=read_fields(timed.format, raw),
        raw=raw,
        **texts,
    )
