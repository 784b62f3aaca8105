"""What rules ask for and no event of their log source has: rules that cannot match, and why."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from pipeline.sigma.log_sources import EventSource, event_source
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.matching.values import read_field
from pipeline.sigma.reading.documents import LogSource
from pipeline.sigma.trees import leaves

KEPT = 50
"""Events of a source that are looked into for fields within fields."""


class Seen(msgspec.Struct):
    """Names of the fields of one source's events, and some of those events."""

    names: set[str] = msgspec.field(default_factory=set)
    events: list[Mapping[str, object]] = msgspec.field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether any of its events has this field."""
        return name in self.names or (
            "." in name and any(read_field(each, name) is not None for each in self.events)
        )


class Coverage(msgspec.Struct):
    """Of one log source: its rules, and how many of them ask for a field that nothing has.

    `is_fed` says whether any event is of this source at all.
    """

    is_fed: bool = False
    rules: int = 0
    missing: Counter[str] = msgspec.field(default_factory=Counter)


def seen_in(events: Iterable[Mapping[str, object]]) -> dict[EventSource, Seen]:
    """What each source of the events has."""
    found: dict[EventSource, Seen] = {}
    for fields in events:
        seen = found.setdefault(event_source(fields), Seen())
        seen.names.update(fields)
        if len(seen.events) < KEPT:
            seen.events.append(fields)
    return found


def coverage_of(rules: RuleSet, seen: Mapping[EventSource, Seen]) -> dict[LogSource, Coverage]:
    """By log source of the rules."""
    found: dict[LogSource, Coverage] = {}
    for each in rules.compiled:
        source = each.rule.logsource
        feeding = [of for event, of in seen.items() if each.applies(event)]
        coverage = found.setdefault(source, Coverage())
        coverage.rules += 1
        coverage.is_fed = coverage.is_fed or bool(feeding)
        asked = {leaf.field for leaf in leaves(each.tree) if leaf.field}
        coverage.missing.update(name for name in asked if not any(of.has(name) for of in feeding))
    return found
