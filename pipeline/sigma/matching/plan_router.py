"""Which plan an event goes to: by what decides which rules can apply.

Rule 1: a kind of event is the log sources that fit it, and what its Channel and EventID say of
the leaves that ask for them. Values that no rule asks for make no new kind, however many a
sender makes up.
Rule 2: a kind has a plan of its own while the plans together hold no more than
`RULES_PLANNED` rules. Events of further kinds go to one general plan of all rules, which is
slower and says the same. After `GENERAL_EVENTS` of those every plan is forgotten, so that the
kinds of today take the place of yesterday's; building them anew is then paid for.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

import msgspec

from pipeline.sigma.log_sources import (
    NOWHERE,
    SOURCE_FIELD,
    EventSource,
    applies,
    event_source,
)
from pipeline.sigma.matching.plan import Plan, refers_on
from pipeline.sigma.matching.scan import Scanner
from pipeline.sigma.matching.value_cache import Space
from pipeline.sigma.memo import TEXT_MAX, Memo
from pipeline.sigma.reading.documents import LogSource, SigmaRule
from pipeline.sigma.trees import FALSE, TRUE, Leaf, Tree, leaves, replace_leaves

RULES_PLANNED = 40_000
"""Rules in all plans together (a rule counts in each plan that it is in): about 100 MB."""
GENERAL_EVENTS = 50_000
SOURCES_KEPT = 4096
"""Sources of events that are remembered; then the memory starts anew."""

CHANNEL, EVENT_ID = "Channel", "EventID"
ROUTING = (SOURCE_FIELD, CHANNEL, EVENT_ID, "Provider_Name")
"""The fields that decide an event's kind."""
_EVENT_IDS = range(1 << 32)
ROUTING_LETTERS = 256
"""A kind with a longer value is not told to `prepare`: no log source has such a name."""


class CompiledRule(NamedTuple):
    rule: SigmaRule
    tree: Tree
    """Filters and the log source's own condition included."""

    @property
    def has_keywords(self) -> bool:
        """Whether it asks for keywords, in whatever field they may stand."""
        return any(not leaf.field for leaf in leaves(self.tree))

    def applies(self, source: EventSource) -> bool:
        """Whether it is for events of this source."""
        return applies(self.rule.logsource, source, self.has_keywords)


class Kind(msgspec.Struct, frozen=True):
    """A kind of event that was met: an event's routing fields, and the fields that were scanned.

    It names no rule and no plan, so it holds for any rule set and any version of this code.
    """

    routing: dict[str, str | int]
    scanned: tuple[str, ...] = ()


class Effort(msgspec.Struct):
    """What the events so far have made the rule set do."""

    plans: int = 0
    """Plans built, forgotten ones included."""
    general_events: int = 0
    """Events of kinds that had no plan of their own: matched, more slowly."""
    forgotten: int = 0
    """How often all plans were forgotten to make room."""
    unplaced_events: int = 0
    """Events that said nothing of their source, where no source is assumed: they met no rule that
    names a product."""


def _is_plain(value: object) -> bool:
    """Whether any encoding can carry it, and it is no longer than a name."""
    if isinstance(value, str):
        return len(value) <= ROUTING_LETTERS and value.isprintable()
    return value.__class__ is int and value in _EVENT_IDS


def _is_short(source: EventSource) -> bool:
    """Whether it may be remembered: a path of Zeek is the sender's own text."""
    names = (source.product, *source.services, *source.categories)
    return sum(map(len, names)) <= TEXT_MAX


class _Asked:
    """The leaves that ask for one routing field, as bits."""

    def __init__(self, field: str, compiled: Sequence[CompiledRule]) -> None:
        self.field = field
        self.bits: dict[Leaf, int] = {}
        for each in compiled:
            for leaf in _routing_leaves(each.tree, field):
                self.bits.setdefault(leaf, 1 << len(self.bits))
        self.scanner = Scanner({bit: leaf for leaf, bit in self.bits.items()})

    def by(self, trees: Iterable[Tree]) -> int:
        """The bits that these trees ask for."""
        mask = 0
        for tree in trees:
            for leaf in _routing_leaves(tree, self.field):
                mask |= self.bits[leaf]
        return mask


def _routing_leaves(tree: Tree, field: str) -> list[Leaf]:
    return [leaf for leaf in leaves(tree) if leaf.field == field and not refers_on(leaf)]


class _Fit(NamedTuple):
    """What fits a source of events: log sources of rules, and the leaves that those ask for."""

    logsources: int
    channels: int
    event_ids: int


class Routes:
    """The plans of one rule set, built as events come."""

    def __init__(self, compiled: Sequence[CompiledRule], assumed: EventSource) -> None:
        self.compiled = compiled
        self.assumed = assumed
        """The source of events that say nothing of theirs."""
        self.effort = Effort()
        self._by_source: dict[tuple[LogSource, bool], list[int]] = {}
        for number, each in enumerate(compiled):
            kind = each.rule.logsource, each.has_keywords
            self._by_source.setdefault(kind, []).append(number)
        self._channels = _Asked(CHANNEL, compiled)
        self._event_ids = _Asked(EVENT_ID, compiled)
        self._asked_by = [
            [asked.by(compiled[number].tree for number in numbers) for asked in self._asked]
            for numbers in self._by_source.values()
        ]
        self._routed = frozenset(
            number
            for number, each in enumerate(compiled)
            if any(_routing_leaves(each.tree, asked.field) for asked in self._asked)
        )
        self._fits: Memo[EventSource, _Fit] = Memo(self._fit, SOURCES_KEPT, _is_short)
        self._plans: dict[tuple[int, int, int], Plan] = {}
        self._met: dict[tuple[int, int, int], dict[str, str | int]] = {}
        """The routing fields of the event for which each plan was built."""
        self._general: Plan | None = None
        self._space = Space()
        self._rules_planned = 0
        self._general_events = 0

    @property
    def _asked(self) -> tuple[_Asked, _Asked]:
        return self._channels, self._event_ids

    def plan_of(self, fields: Mapping[str, object]) -> Plan | None:
        """The plan of this kind of event; None where `general_matches` has to answer."""
        return self._plan(self._source(fields), fields)

    def _plan(self, source: EventSource, fields: Mapping[str, object]) -> Plan | None:
        fit = self._fits[source]
        kind = (
            fit.logsources,
            fit.channels & self._channels.scanner.mask(fields.get(CHANNEL)),
            fit.event_ids & self._event_ids.scanner.mask(fields.get(EVENT_ID)),
        )
        plan = self._plans.get(kind)
        if plan is None:
            plan = self._new_plan(*kind)
            routing = {name: fields[name] for name in ROUTING if fields.get(name) is not None}
            if plan is not None and all(map(_is_plain, routing.values())):
                self._met[kind] = cast("dict[str, str | int]", routing)
        return plan

    def kinds(self) -> list[Kind]:
        """The kinds of events that have plans: what `prepare` is given after a restart."""
        return [Kind(met, self._plans[kind].scanned()) for kind, met in self._met.items()]

    def prepare(self, kinds: Sequence[Kind]) -> None:
        """Build the plans of these kinds, the last first, before their events come.

        They may take half the room: today's kinds may be others.
        """
        for kind in reversed(kinds):
            if self._rules_planned >= RULES_PLANNED // 2:
                break
            source = event_source(kind.routing)
            plan = self._plan(self.assumed if source == NOWHERE else source, kind.routing)
            if plan is not None:
                plan.prepare(kind.scanned)

    def general_matches(self, fields: Mapping[str, object], raw: bytes) -> Sequence[int]:
        """As a plan's `matches`, for any event."""
        if self._general is None:
            rules = [(number, each.tree) for number, each in enumerate(self.compiled)]
            self._general = Plan(rules, self._space)
        self.effort.general_events += 1
        self._general_events += 1
        source = event_source(fields)
        source = self.assumed if source == NOWHERE else source
        found = [
            number
            for number in self._general.matches(fields, raw)
            if self.compiled[number].applies(source)
        ]
        if self._general_events >= GENERAL_EVENTS:
            self._forget()
        return found

    def is_empty(self) -> bool:
        """Whether no kind has a plan: none was built yet, or all have been forgotten."""
        return not self._plans

    def _forget(self) -> None:
        self.effort.forgotten += 1
        self._plans.clear()
        self._met.clear()
        self._general = None
        self._space = Space()
        self._rules_planned = self._general_events = 0

    def _source(self, fields: Mapping[str, object]) -> EventSource:
        source = event_source(fields)
        if source != NOWHERE:
            return source
        if self.assumed == NOWHERE:
            self.effort.unplaced_events += 1
        return self.assumed

    def _fit(self, source: EventSource) -> _Fit:
        mask = channels = event_ids = 0
        for index, (logsource, has_keywords) in enumerate(self._by_source):
            if applies(logsource, source, has_keywords):
                mask |= 1 << index
                channels |= self._asked_by[index][0]
                event_ids |= self._asked_by[index][1]
        return _Fit(mask, channels, event_ids)

    def _new_plan(self, logsources: int, channels: int, event_ids: int) -> Plan | None:
        if self._rules_planned >= RULES_PLANNED:
            return None
        plan = Plan(self._decided(logsources, channels, event_ids), self._space)
        self._plans[logsources, channels, event_ids] = plan
        self._rules_planned += 1 + len(plan.rules)
        self.effort.plans += 1
        return plan

    def _decided(self, logsources: int, channels: int, event_ids: int) -> list[tuple[int, Tree]]:
        """The rules for this kind of event, with what its routing fields decide decided."""

        def decided(leaf: Leaf) -> Tree:
            for asked, mask in zip(self._asked, (channels, event_ids), strict=True):
                bit = asked.bits.get(leaf, 0)
                if bit:
                    return TRUE if mask & bit else FALSE
            return leaf

        fitting = [
            number
            for index, numbers in enumerate(self._by_source.values())
            if logsources >> index & 1
            for number in numbers
        ]
        residual = []
        for number in sorted(fitting):
            tree = self.compiled[number].tree
            if number in self._routed:
                tree = replace_leaves(tree, decided)
            if tree != FALSE:
                residual.append((number, tree))
        return residual
