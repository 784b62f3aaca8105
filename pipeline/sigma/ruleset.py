"""The compiled rules: immutable in meaning; plans and memories fill as events come.

A plan belongs to what decides which rules can apply: Channel, EventID, provider and the
format's mark. Events that differ there but meet the same rules in the same way share it.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from pipeline.sigma.documents import LogSource, RuleFault, SigmaCorrelation, SigmaRule
from pipeline.sigma.plan import Plan
from pipeline.sigma.sources import SOURCE_FIELD, applies, event_source, is_known_channel
from pipeline.sigma.trees import FALSE, TRUE, Leaf, Tree, leaves, replace_leaves
from pipeline.sigma.values import value_holds

ROUTES_KEPT = 4096
"""Combinations of channel, event id and provider remembered."""
PLANS_KEPT = 512

ROUTING_FIELDS = frozenset({"Channel", "EventID"})


class CompiledRule(NamedTuple):
    rule: SigmaRule
    tree: Tree
    """Filters and the log source's own condition included."""


class RuleSet:
    """What `compile_rules` returns; safe to share between readers of one thread."""

    def __init__(
        self,
        compiled: Sequence[CompiledRule],
        correlations: tuple[SigmaCorrelation, ...],
        faults: tuple[RuleFault, ...],
        digests: Sequence[str],
    ) -> None:
        self.compiled = tuple(compiled)
        self.rules: Mapping[str, SigmaRule] = {
            each.rule.head.rule_id: each.rule for each in compiled
        }
        self.trees: Mapping[str, Tree] = {each.rule.head.rule_id: each.tree for each in compiled}
        self.correlations = correlations
        self.faults = faults
        self.content_id = sha256("".join(sorted(digests)).encode()).hexdigest()[:32]
        self._by_source: dict[LogSource, list[int]] = {}
        for number, each in enumerate(self.compiled):
            self._by_source.setdefault(each.rule.logsource, []).append(number)
        self._routed = frozenset(
            number
            for number, each in enumerate(self.compiled)
            if any(leaf.field in ROUTING_FIELDS for leaf in leaves(each.tree))
        )
        self._known_channels: dict[tuple[object, object], tuple[type, Plan]] = {}
        self._routes: dict[tuple[object, ...], Plan] = {}
        self._plans: dict[tuple[tuple[int, Tree], ...], Plan] = {}

    def matches(self, fields: Mapping[str, object], raw: bytes) -> Sequence[SigmaRule]:
        """Every rule that matches this one event, in the order of their files.

        `raw` is the line that `fields` were read from; b"" where there is none. Fields
        named in dots may be flat keys or paths. Raises nothing for any JSON values.
        """
        event_id = fields.get("EventID")
        try:
            known = self._known_channels.get((fields.get("Channel"), event_id))
        except TypeError:  # a list or an object
            known = None
        # An event id of `true` is equal to 1 and another value: the type is held too.
        if known is not None and known[0] is event_id.__class__ and SOURCE_FIELD not in fields:
            numbers = known[1].matches(fields, raw)
        else:
            numbers = self._route(fields, event_id).matches(fields, raw)
        if not numbers:
            return ()
        return [self.compiled[number].rule for number in sorted(numbers)]

    def _route(self, fields: Mapping[str, object], event_id: object) -> Plan:
        channel = fields.get("Channel")
        route = (
            channel,
            event_id,
            event_id.__class__,
            str(fields.get("Provider_Name")),
            str(fields.get(SOURCE_FIELD)),
        )
        try:
            plan = self._routes.get(route)
        except TypeError:
            return self._new_plan(fields)
        if plan is None:
            plan = self._new_plan(fields)
            if len(self._routes) >= ROUTES_KEPT:
                self._routes.clear()
                self._known_channels.clear()
            if isinstance(channel, str | None):
                self._routes[route] = plan
            if SOURCE_FIELD not in fields and is_known_channel(channel):
                self._known_channels[channel, event_id] = (event_id.__class__, plan)
        return plan

    def _new_plan(self, fields: Mapping[str, object]) -> Plan:
        rules = tuple(self._residual(fields))
        plan = self._plans.get(rules)
        if plan is None:
            plan = Plan(rules)
            if len(self._plans) >= PLANS_KEPT:
                self._plans.clear()
                self._routes.clear()
                self._known_channels.clear()
            self._plans[rules] = plan
        return plan

    def _residual(self, fields: Mapping[str, object]) -> list[tuple[int, Tree]]:
        """The rules for events of this source, with what the routing fields decide decided."""

        def decided(leaf: Leaf) -> Tree:
            if leaf.field not in ROUTING_FIELDS:
                return leaf
            return TRUE if value_holds(leaf, fields.get(leaf.field), fields) else FALSE

        source = event_source(fields)
        numbers = sorted(
            number
            for logsource, group in self._by_source.items()
            if applies(logsource, source)
            for number in group
        )
        residual = []
        for number in numbers:
            tree = self.compiled[number].tree
            if number in self._routed:
                tree = replace_leaves(tree, decided)
            if tree != FALSE:
                residual.append((number, tree))
        return residual
