"""Samples beside the rules: `NAME.samples.yml` for `NAME.yml`, run as live events are (shell).

Rule 1: a sample of one `event` is for the rules of the file beside it, one of `events` in time
for its correlations, which take part with what they build on and nothing that builds on them
(that would silence them). Event time runs until nothing is open.
Rule 2: every sample gets a verdict; one that cannot be read is a miss with its place.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import orjson

from pipeline.correlation.extraction import Match
from pipeline.correlation.faults import CorrelationFaults
from pipeline.correlation.plan import compile_plan
from pipeline.correlation.policy import CorrelationPolicy
from pipeline.correlation.state import CorrelationState
from pipeline.correlation.step import correlate, expire
from pipeline.event_time.clock import Clock
from pipeline.files.rule_files import SAMPLES_SUFFIX, SUFFIXES
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.table import read_fields
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.reading.documents import SigmaCorrelation, SigmaRule
from pipeline.sigma.reading.yaml_text import RuleError, read_documents
from schemas.context import Context
from schemas.event import Event
from schemas.moments import DAY, SECOND, Moment, parse_moment
from schemas.registry import Enterprise

START = parse_moment("2026-11-23T02:00:00Z")
"""When a sample's first second is: a working day, in office hours."""
AFTERWARDS = START + 400 * DAY
"""When no window of any sample is open any more."""
EVENTS_LIMIT = 100_000
ENTERPRISE = Enterprise(
    enterprise_id="sample", name="示例", province="110000", sector="steel", field="industrial"
)
_UNKNOWN_TEXTS = dict.fromkeys(
    (
        *("province", "sector", "product", "category", "service", "host", "account"),
        *("source_ip", "destination_ip", "process", "drill"),
    ),
    "",
)


class Timed(msgspec.Struct, forbid_unknown_fields=True):
    """`times` copies of an event, the first `at_s` seconds into the sample, `every_s` apart.

    `<n>` inside a text of the event becomes the number of the copy, 0 first.
    """

    event: dict[str, Any]
    format: str = "json"
    at_s: float = 0
    times: int = 1
    every_s: float = 1


class Sample(msgspec.Struct, forbid_unknown_fields=True):
    """One event for a rule, or several in time for a correlation, and whether it must fire."""

    match: bool
    why: str = ""
    format: str = "json"
    event: dict[str, Any] | None = None
    events: list[Timed] = []


class Verdict(msgspec.Struct, frozen=True):
    """What came of one sample; `problem` "" if it is as it should be."""

    place: str
    """File and line."""
    why: str
    problem: str
    is_timed: bool = False


def judge_samples(rules: RuleSet, folders: Sequence[Path]) -> Iterator[Verdict]:
    """Every sample in the order of the files. Blocks on the disk."""
    runner = SampleRunner(rules)
    by_file: dict[str, set[str]] = {}
    heads = [rule.head for rule in rules.rules.values()]
    for head in [*heads, *(each.head for each in rules.correlations)]:
        by_file.setdefault(str(Path(head.file).with_suffix("")), set()).add(head.rule_id)
    for file in _sample_files(folders):
        wanted = by_file.get(str(file).removesuffix(SAMPLES_SUFFIX), set())
        for place, sample in read_samples(file):
            if isinstance(sample, str):
                yield Verdict(place, "", sample)
            else:
                problem = runner.problem(wanted, sample)
                yield Verdict(place, sample.why, problem, bool(sample.events))


def _sample_files(places: Sequence[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from sorted(place.rglob("*" + SAMPLES_SUFFIX))
        elif place.suffix in SUFFIXES:
            beside = place.with_suffix(SAMPLES_SUFFIX)
            yield from (beside,) if beside.exists() else ()


def read_samples(file: Path) -> Iterator[tuple[str, Sample | str]]:
    """Place and sample, or what is wrong with it and the remedy."""
    for document in read_documents(file.read_text(encoding="utf-8", errors="replace")):
        if isinstance(document, RuleError):
            yield f"{file}:{document.path[0]}", f"{document.problem}; {document.remedy}"
            continue
        listed = document.value if isinstance(document.value, list) else [document.value]
        for index, value in enumerate(listed):
            place = f"{file}:{document.line_of((index,))}"
            try:
                sample = msgspec.convert(value, Sample)
                yield place, sample if sample.event or sample.events else "no event, and no events"
            except msgspec.ValidationError as error:
                yield place, f"not a sample: {error}; write match, why, format, event or events"


class _Asked(msgspec.Struct, frozen=True):
    """The part of a rule set that a sample asks for, as the correlation plan reads it."""

    rules: Mapping[str, SigmaRule]
    correlations: tuple[SigmaCorrelation, ...]


class SampleRunner:
    """All rules loaded, ready to be shown one sample after another."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.correlations = {each.head.rule_id: each for each in rules.correlations}

    def problem(self, wanted: set[str], sample: Sample) -> str:
        """Why the sample is not as it should be; "" if it is. `wanted`: ids of documents."""
        timed = bool(sample.events)
        asked = {each for each in wanted if (each in self.correlations) is timed}
        if not asked:
            kind = "correlation" if timed else "rule"
            return f"no {kind} was loaded from the file beside it: see `fenghuo rules check`"
        if sum(each.times for each in sample.events) > EVENTS_LIMIT:
            return f"more than {EVENTS_LIMIT} events: show the rule fewer"
        try:
            matches = self._matches(sample)
            matched = {match.rule.head.rule_id for match in matches}
            fired = self._holding(asked, matches) if timed else matched
        except (EventFault, CorrelationFaults) as fault:
            return str(fault)
        if bool(asked & fired) == sample.match:
            return ""
        return "did not match, and must" if sample.match else "matched, and must not"

    def _matches(self, sample: Sample) -> list[Match]:
        return [
            Match(event, rule, event.time)
            for event in events_of(sample)
            for rule in self.rules.matches(event.fields, event.raw)
        ]

    def _holding(self, asked: set[str], matches: Sequence[Match]) -> set[str]:
        """Ids of the correlations that hold in the end."""
        plan = compile_plan(_Asked(self.rules.rules, self._with_parts(asked)), CorrelationPolicy())
        state = CorrelationState()
        context = Context(enterprise=ENTERPRISE, rule_set_id=self.rules.content_id)
        found = correlate(plan, state, matches, Clock(START, START), context)
        found += expire(plan, state, Clock(AFTERWARDS, AFTERWARDS), context)
        last = {each.detection_id: each for each in found}
        return {each.rule_id for each in last.values() if each.status == "active"}

    def _with_parts(self, asked: set[str]) -> tuple[SigmaCorrelation, ...]:
        """The correlations asked for and those that they build on, inner ones first."""
        parts = set(asked)
        for each in reversed(self.rules.correlations):
            if each.head.rule_id in parts:
                parts.update(each.rules)
        return tuple(each for each in self.rules.correlations if each.head.rule_id in parts)


def events_of(sample: Sample) -> list[Event]:
    """The events in the order in which the sample lists them. Raises EventFault."""
    timed = sample.events or [Timed(sample.event or {}, sample.format)]
    return [
        _event(each, START + round((each.at_s + copy * each.every_s) * SECOND), index, copy)
        for index, each in enumerate(timed)
        for copy in range(each.times)
    ]


def _event(timed: Timed, time: Moment, index: int, copy: int) -> Event:
    raw = orjson.dumps(timed.event).replace(b"<n>", b"%d" % copy)
    return Event(
        event_id=f"{index:04d}-{copy:06d}",
        batch_id="sample",
        enterprise_id=ENTERPRISE.enterprise_id,
        time=time,
        received_at=START,
        late=False,
        future=False,
        format=timed.format,
        fields=read_fields(timed.format, raw),
        raw=raw,
        **_UNKNOWN_TEXTS,
    )
