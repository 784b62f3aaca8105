"""The compiled rules: immutable in meaning; plans and memories fill as events come."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from pipeline.sigma.log_sources import (
    NOWHERE,
    SOURCE_FIELD,
    is_known_channel,
    written_source,
)
from pipeline.sigma.matching.plan import Plan
from pipeline.sigma.matching.plan_router import (
    CHANNEL,
    EVENT_ID,
    CompiledRule,
    Effort,
    Kind,
    Routes,
)
from pipeline.sigma.memo import TEXT_MAX
from pipeline.sigma.reading.documents import RuleFault, SigmaCorrelation, SigmaRule
from pipeline.sigma.trees import Tree

KINDS_KEPT = 4096
"""Sources and channels with event ids whose plans are at hand; then the memory starts anew."""


class RuleSet:
    """What `compile_rules` returns; safe to share between readers of one thread."""

    def __init__(
        self,
        compiled: Sequence[CompiledRule],
        correlations: tuple[SigmaCorrelation, ...],
        faults: tuple[RuleFault, ...],
        digests: Sequence[str],
        assumed_source: str = "",
    ) -> None:
        self.compiled = tuple(compiled)
        self.rules: Mapping[str, SigmaRule] = {
            each.rule.head.rule_id: each.rule for each in compiled
        }
        self.trees: Mapping[str, Tree] = {each.rule.head.rule_id: each.tree for each in compiled}
        self.correlations = correlations
        self.faults = faults
        self.content_id = sha256("".join(sorted(digests)).encode()).hexdigest()[:32]
        self._digests = tuple(digests)
        self._routes = Routes(self.compiled, written_source(assumed_source))
        self._at_hand: dict[tuple[object, object, object], tuple[type, Plan]] = {}

    def assuming(self, source: str) -> "RuleSet":
        """The same rules, for a site whose events of unknown source are of this one
        ("category/product/service")."""
        return RuleSet(self.compiled, self.correlations, self.faults, self._digests, source)

    @property
    def effort(self) -> Effort:
        """What the events so far have made the rule set do."""
        return self._routes.effort

    def kinds(self) -> list[Kind]:
        """The kinds of events that were met: keep them, and `prepare` is ready for them."""
        return self._routes.kinds()

    def prepare(self, kinds: Sequence[Kind]) -> None:
        """Do the work of the first events of these kinds before they come; no result changes."""
        self._routes.prepare(kinds)

    def matches(self, fields: Mapping[str, object], raw: bytes) -> Sequence[SigmaRule]:
        """Every rule that matches this one event, in the order of their files.

        `raw` is the line that `fields` were read from; b"" where there is none. Fields
        named in dots may be flat keys or paths. Raises nothing for any JSON values.
        """
        event_id = fields.get(EVENT_ID)
        try:
            known = self._at_hand.get((fields.get(SOURCE_FIELD), fields.get(CHANNEL), event_id))
        except TypeError:  # a list or an object
            known = None
        # An event id of `true` is equal to 1 and another value: the type is held too.
        if known is not None and known[0] is event_id.__class__:
            numbers = known[1].matches(fields, raw)
        else:
            numbers = self._routed(fields, raw)
        if not numbers:
            return ()
        return [self.compiled[number].rule for number in sorted(numbers)]

    def _routed(self, fields: Mapping[str, object], raw: bytes) -> Sequence[int]:
        plan = self._routes.plan_of(fields)
        if plan is None:
            numbers = self._routes.general_matches(fields, raw)
            if self._routes.is_empty():
                self._at_hand.clear()
            return numbers
        self._keep_at_hand(fields, plan)
        return plan.matches(fields, raw)

    def _keep_at_hand(self, fields: Mapping[str, object], plan: Plan) -> None:
        """Remember the plan, where nothing but what it is looked up by decides it."""
        source, channel, event_id = (
            fields.get(SOURCE_FIELD),
            fields.get(CHANNEL),
            fields.get(EVENT_ID),
        )
        if isinstance(source, str):
            is_decided = written_source(source) != NOWHERE and isinstance(channel, str | None)
        else:  # of a channel that the table does not know, the provider has a say
            is_decided = source is None and is_known_channel(channel)
        if not is_decided or not isinstance(event_id, str | int | float | None):
            return
        kind = source, channel, event_id
        if sum(len(each) for each in kind if isinstance(each, str)) > TEXT_MAX:
            return
        if len(self._at_hand) >= KINDS_KEPT:
            self._at_hand.clear()
        self._at_hand[kind] = (event_id.__class__, plan)
