"""What follows from the evidence and is not encoded: who is near whom, what is known already.

Rule 1. A neighbourhood is what nodes that share a key, in the same span of `gap_s` or in spans
        that touch, connect, and what was merged by hand. It is wider than any group, so a change
        can alter the groups of its own neighbourhood and of no other: only these are found anew.
Rule 2. Taking evidence in costs its own keys and spans, however much is held.
Rule 3. An index that was kept says what one rebuilt from the state would say: after a restart a
        revision is emitted at the same moment. A neighbourhood never parts, and what was seen
        stays so; where evidence goes, or shows less than it did, they are rebuilt.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from pipeline.incidents.grouping import Node, components, group_by_hand
from pipeline.incidents.linking_keys import linking_key, linking_keys, shared_names
from pipeline.incidents.policy import IncidentPolicy
from pipeline.incidents.state import Evidence, IncidentsState, RuleFacts
from pipeline.incidents.triage import Sign, is_chatter, part_of
from schemas.detection import Entity, EntityKind
from schemas.moments import SECOND, Moment

Span: TypeAlias = tuple[str, int]
"""A linking key, and the number of a stretch of `gap_s` of event time."""
Sight: TypeAlias = tuple[EntityKind | Literal["rule"], object]
"""An entity by its key, or a rule with its attribution."""

TOLD_KINDS: frozenset[EntityKind] = frozenset({"host", "account", "address", "domain", "data"})
"""Entities that title and story name: a new one is news."""
TOLD_OF_KIND_MAX = 50
"""As many of a kind as an incident shows."""


class Neighbourhood:
    """What may hang together, and when each rule and entity was last seen in it."""

    __slots__ = ("members", "seen", "spans", "told")

    def __init__(self) -> None:
        self.members: dict[str, None] = {}
        self.spans: list[Span] = []
        self.seen: dict[Sight, Moment] = {}
        self.told: Counter[str] = Counter()

    def absorb(self, other: "Neighbourhood") -> None:
        """Take in all of another."""
        self.members.update(other.members)
        self.spans += other.spans
        for sight, time in other.seen.items():
            self.note(sight, time)

    def note(self, sight: Sight, time: Moment) -> None:
        """It was seen at that time; `told` counts the sights of each kind."""
        if sight not in self.seen:
            self.told[sight[0]] += 1
        self.seen[sight] = max(time, self.seen.get(sight, time))


class EvidenceIndex:
    """Made from a state under a policy and the enterprise's shared entities."""

    def __init__(
        self, policy: IncidentPolicy, state: IncidentsState, shared_entities: Sequence[str]
    ) -> None:
        self.basis = (policy, tuple(shared_entities))
        self.shared = shared_names(shared_entities)
        self.folded = {each for one in state.evidence.values() for each in one.folded_ids}
        self.of_case: dict[str, dict[str, None]] = {}
        self.is_exact = True
        """Whether evidence_index rebuilt would say the same (rule 3)."""
        self._policy = policy
        self._state = state
        self._rules = {facts: key for key, facts in state.rules.items()}
        self._entities = {entity: key for key, entity in state.entities.items()}
        self._next_entity = max(state.entities, default=-1) + 1
        self._spans: dict[Span, Neighbourhood] = {}
        self._home: dict[str, Neighbourhood] = {}
        self._nodes: dict[str, Node] = {}
        for one in state.evidence.values():
            self.take(one)

    def rule(self, facts: RuleFacts) -> int:
        """The key by which evidence refers to a rule; a new one is written into the state."""
        if facts not in self._rules:
            # Never a key that is held: evidence refers to rules by it, and keys are let go of in
            # any order.
            self._rules[facts] = key = max(self._state.rules, default=-1) + 1
            self._state.rules[key] = facts
        return self._rules[facts]

    def entity(self, entity: Entity) -> int:
        """The same for an entity."""
        if entity not in self._entities:
            self._entities[entity] = key = self._next_entity
            self._state.entities[key] = entity
            self._next_entity += 1
        return self._entities[entity]

    def take(self, one: Evidence, held: Evidence | None = None) -> bool:
        """Evidence that is new, or revised from `held`; whether it shows a reader something new."""
        self.of_case.setdefault(one.case, {})[one.detection_id] = None
        part, keys = part_of(self._policy, self._sign(one)), self._keys(one)
        node = Node(one.first_time, one.last_time, part, keys, one.merged, one.parted)
        if held is not None and not (
            _shows_all(one, held) and _reaches_all(node, self._nodes[one.detection_id])
        ):
            self.is_exact = False
        self._nodes[one.detection_id] = node
        home = self._settle_in(one.detection_id, node)
        home.members[one.detection_id] = None
        return self._note_sights(home, one)

    def drop(self, one: Evidence) -> None:
        """Evidence that no longer holds."""
        self.is_exact = False
        self.of_case[one.case].pop(one.detection_id)
        self._home.pop(one.detection_id).members.pop(one.detection_id)
        del self._nodes[one.detection_id]

    def move(self, one: Evidence, case: str) -> None:
        """Evidence that is in another case now."""
        self.of_case[one.case].pop(one.detection_id, None)
        self.of_case.setdefault(case, {})[one.detection_id] = None

    def around(self, detection_ids: Iterable[str]) -> list[Evidence]:
        """All evidence of the neighbourhoods of these, in order of time, then detection id."""
        homes = {id(home): home for each in detection_ids if (home := self._home.get(each))}
        held = self._state.evidence
        found = [held[each] for home in homes.values() for each in home.members]
        return sorted(found, key=lambda one: (one.time, one.detection_id))

    def near_cases(self, detection_ids: Iterable[str], cases: Iterable[str]) -> set[str]:
        """Those of the detections whose neighbourhood holds something of one of these cases."""
        homes = {id(self._home[each]) for case in cases for each in self.of_case.get(case, ())}
        return {each for each in detection_ids if id(self._home[each]) in homes}

    def groups(self, ordered: Sequence[Evidence]) -> list[list[Evidence]]:
        """This evidence, in order of time, then detection id, in its groups, each so ordered."""
        nodes = [self._nodes[one.detection_id] for one in ordered]
        groups = group_by_hand(components(nodes, self._policy), nodes)
        return [[ordered[index] for index in group] for group in groups]

    def founder(self, group: Sequence[Evidence]) -> Evidence:
        """The earliest of a group that is more than context, else the earliest."""
        parts = ((self._nodes[one.detection_id].part, one) for one in group)
        return next((one for part, one in parts if part != "context"), group[0])

    def all_groups(self) -> list[list[Evidence]]:
        """The same for all evidence."""
        held = self._state.evidence.values()
        return self.groups(sorted(held, key=lambda one: (one.time, one.detection_id)))

    def _sign(self, one: Evidence) -> Sign:
        return Sign(self._state.rules[one.rule], one.attribution)

    def _keys(self, one: Evidence) -> list[str]:
        """What links it to others: of a machine's own slight activity, not its host alone."""
        sign, entities = self._sign(one), [self._state.entities[key] for key in one.entities]
        keyed = [(entity, linking_key(entity, self.shared)) for entity in entities]
        if is_chatter(self._policy, sign):
            keyed = [(entity, "" if entity.kind == "host" else key) for entity, key in keyed]
        return linking_keys(sign.rule.rule_id, keyed, one.event_ids)

    def _settle_in(self, detection_id: str, node: Node) -> Neighbourhood:
        """The neighbourhood that it belongs to, made of all that it touches."""
        gap = self._policy.gap_s * SECOND
        # One stretch more at both ends: two nodes within the gap are in the same stretch or in two
        # that touch.
        reach = range(node.first_time // gap - 1, node.last_time // gap + 2)
        home = self._home.get(detection_id)
        merges = [(mark, 0) for mark in node.merged]
        for span in (*merges, *((key, number) for key in node.keys for number in reach)):
            found = self._spans.get(span)
            if found is not None and found is not home:
                home = found if home is None else self._join(home, found)
        home = home or Neighbourhood()
        for span in (*merges, *((key, number) for key in node.keys for number in reach[1:-1])):
            if span not in self._spans:
                self._spans[span] = home
                home.spans.append(span)
        self._home[detection_id] = home
        return home

    def _join(self, one: Neighbourhood, other: Neighbourhood) -> Neighbourhood:
        """Make two neighbourhoods one: the smaller moves."""
        # The smaller one moves: so nothing moves more often than a logarithm of all that there is.
        small, great = sorted((one, other), key=lambda each: len(each.spans) + len(each.members))
        for span in small.spans:
            self._spans[span] = great
        for member in small.members:
            self._home[member] = great
        great.absorb(small)
        return great

    def _note_sights(self, home: Neighbourhood, one: Evidence) -> bool:
        """Note what it shows; whether any of that was not shown in the time around it."""
        reach, is_news = self._policy.context_gap_s * SECOND, False
        sights: list[Sight] = [("rule", (one.rule, one.attribution))]
        for key in one.entities:
            if (kind := self._state.entities[key].kind) in TOLD_KINDS:
                sights.append((kind, key))
        for sight in sights:
            seen = home.seen.get(sight)
            home.note(sight, one.time)
            # Past what an incident shows of a kind, one more is no news to its reader.
            is_shown = sight[0] == "rule" or home.told[sight[0]] <= TOLD_OF_KIND_MAX
            is_news |= is_shown and (seen is None or abs(one.time - seen) > reach)
        return is_news


def _shows_all(one: Evidence, held: Evidence) -> bool:
    """Whether a revision shows all that the one before it showed, and no earlier."""
    is_same = (one.rule, one.attribution) == (held.rule, held.attribution)
    return is_same and one.time >= held.time and set(held.entities) <= set(one.entities)


def _reaches_all(node: Node, before: Node) -> bool:
    """Whether a node touches all that it touched before."""
    is_wide = node.first_time <= before.first_time and before.last_time <= node.last_time
    return is_wide and set(before.keys) <= set(node.keys)


def evidence_index_of(
    policy: IncidentPolicy, state: IncidentsState, shared_entities: Sequence[str]
) -> EvidenceIndex:
    """The state's evidence_index, rebuilt where they are missing or stand on another basis."""
    held = state.cache.evidence_index
    if held is None or held.basis != (policy, tuple(shared_entities)):
        held = state.cache.evidence_index = EvidenceIndex(policy, state, shared_entities)
    return held


def forget_evidence_index(state: IncidentsState) -> None:
    """Evidence went, or was folded, behind their back."""
    state.cache.evidence_index = None
