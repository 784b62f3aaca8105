"""The rules that one kind of event can meet, compiled together.

Theory of operation, for one event:
1. All rules are possible, but those whose keywords a scan of the raw line rules out.
2. Fields that no event of this kind has had are answered at once. Then, field after field,
   the value's remembered answer (`value_cache.py`) strikes out the rules that it alone makes
   impossible. Fields are in the order in which they usually strike out most, so that for
   most events nothing is left after two or three of them, and the rest is never read.
3. Where rules are left after all fields, every leaf is known: their conditions are asked.
"""

from collections.abc import Iterable, Mapping, Sequence

from pipeline.sigma.log_sources import RESERVED_FIELDS
from pipeline.sigma.matching.bit_conditions import Condition, condition
from pipeline.sigma.matching.keywords import KeywordScan
from pipeline.sigma.matching.value_cache import FieldMemory, Space, set_bits
from pipeline.sigma.matching.values import leaf_holds, read_field, words
from pipeline.sigma.predicates import Reference
from pipeline.sigma.trees import TRUE, AllOf, Leaf, Tree, branches, leaves

REVIEW_EVERY = 200
"""Values of one field not seen before, after which the order of the fields is reviewed."""


def refers_on(leaf: Leaf) -> bool:
    """Whether a leaf reads another field too."""
    return any(isinstance(test, Reference) for test in leaf.tests)


class PlannedRule:
    """One rule within a plan, or one branch of its disjunctions; its condition is compiled
    when it is first asked."""

    __slots__ = ("bits", "condition", "number", "reads_words", "references", "tree")

    def __init__(self, number: int, tree: Tree, bits: dict[int, int]) -> None:
        self.number = number
        self.tree = tree
        self.bits = bits
        self.condition: Condition | None = None
        self.references: list[Leaf] = []
        self.reads_words = False

    def holds(self, mask: int, fields: Mapping[str, object]) -> bool:
        """`mask` has the bits of all leaves but references."""
        for leaf in self.references:
            if leaf_holds(leaf, fields):
                mask |= self.bits[id(leaf)]
        if self.condition is None:
            self.condition = condition(self.tree, self.bits)
        return self.condition(mask)


class Numbering:
    """The leaves of a plan and their bits."""

    def __init__(self) -> None:
        self.bits: dict[int, int] = {}
        """By the identity of a leaf."""
        self.known: dict[int, int] = {}
        """Those of leaves that one field's value decides."""
        self._numbered: dict[Leaf, tuple[int, bool]] = {}

    def is_reference(self, leaf: Leaf) -> bool:
        """Whether `leaf` reads another field too; it has its bit from here on."""
        found = self._numbered.get(leaf)
        if found is None:
            found = self._numbered[leaf] = (1 << len(self._numbered), refers_on(leaf))
        bit, refers = found
        self.bits[id(leaf)] = bit
        if not refers:
            self.known[id(leaf)] = bit
        return refers


def by_field(tree: Tree) -> dict[str, list[Tree]]:
    """For each field, the operands of the conjunction `tree` that read it."""
    found: dict[str, list[Tree]] = {}
    for operand in tree.operands if isinstance(tree, AllOf) else (tree,):
        if isinstance(operand, Leaf):
            found.setdefault(operand.field, []).append(operand)
            continue
        for field in {leaf.field for leaf in leaves(operand)}:
            found.setdefault(field, []).append(operand)
    return found


class Plan:
    """`rules` are (position in the rule set, tree); the trees hold nothing already decided."""

    def __init__(self, rules: Sequence[tuple[int, Tree]], space: Space) -> None:
        self.certain = tuple(number for number, tree in rules if tree == TRUE)
        self.numbering = Numbering()
        self.rules = [
            PlannedRule(number, branch, self.numbering.bits)
            for number, tree in rules
            if tree != TRUE
            for branch in branches(tree)
        ]
        self.every = (1 << len(self.rules)) - 1
        memories = self._memories(space)
        self.words = memories.pop("", None)
        trees = [rule.tree if rule.reads_words else TRUE for rule in self.rules]
        self.keywords = KeywordScan(trees) if self.words else None
        self.next_review = REVIEW_EVERY
        self._arrange(list(memories.values()), [])

    def _memories(self, space: Space) -> dict[str, FieldMemory]:
        memories: dict[str, FieldMemory] = {}
        known = self.numbering.known
        for index, rule in enumerate(self.rules):
            for field, operands in by_field(rule.tree).items():
                own = [x for each in operands for x in leaves(each) if x.field == field]
                rule.reads_words |= not field
                rule.references += [leaf for leaf in own if self.numbering.is_reference(leaf)]
                if not any(id(leaf) in known for leaf in own):
                    continue
                if field not in memories:
                    memories[field] = FieldMemory(field, len(self.rules), space)
                memories[field].take(index, own, operands, known)
        for memory in memories.values():
            memory.seal()
        return memories

    def _arrange(self, absent: list[FieldMemory], present: list[FieldMemory]) -> None:
        """`absent` are fields that no event of this kind has had yet: they are answered all at
        once. The others are read in the order in which they strike out most."""
        self.absent = absent
        self.absent_keys = frozenset(key for memory in absent for key in memory.keys)
        self.missing_possible, self.missing_mask = self.every, 0
        for memory in absent:
            possible, mask = memory.missing()
            self.missing_possible &= possible
            self.missing_mask |= mask
        ordered = _ordered(present, self.missing_possible)
        ordered.sort(key=lambda memory: memory.misses // REVIEW_EVERY)
        self.flat = [(m.field, m.values, m) for m in ordered if "." not in m.field]
        self.dotted = [m for m in ordered if "." in m.field]

    def _admit(self, fields: Mapping[str, object]) -> None:
        """Some field that was always absent is in this event: from now on it is read."""
        found = [m for m in self.absent if not fields.keys().isdisjoint(m.keys)]
        kept = [m for m in self.absent if fields.keys().isdisjoint(m.keys)]
        self._arrange(kept, [*(m for _, _, m in self.flat), *self.dotted, *found])

    def scanned(self) -> tuple[str, ...]:
        """The fields that events of this kind have had, in the order in which they are read."""
        return tuple([m.field for m in (*(each for _, _, each in self.flat), *self.dotted)])

    def prepare(self, fields: Iterable[str]) -> None:
        """Make ready for these fields, as their first values would."""
        self._admit(dict.fromkeys(fields))
        for memory in (*(each for _, _, each in self.flat), *self.dotted):
            memory.prepare()

    def _review(self) -> None:
        """Fields whose values seldom recur go last: each of their values costs a scan."""
        self._arrange(self.absent, [*(m for _, _, m in self.flat), *self.dotted])
        self.next_review = 2 * max(memory.misses for _, _, memory in self.flat)

    def matches(self, fields: Mapping[str, object], raw: bytes) -> Sequence[int]:
        """Positions of the rules that match, in no order."""
        if not fields.keys().isdisjoint(self.absent_keys):
            self._admit(fields)
        possible = self.missing_possible
        if self.keywords is not None:
            possible &= self.keywords.possible(raw if RESERVED_FIELDS.isdisjoint(fields) else b"")
        if not possible:
            return self.certain
        mask = self.missing_mask
        get = fields.get
        for name, values, memory in self.flat:
            value = get(name)
            try:
                answer = values.get(value)  # type: ignore[call-overload]
            except TypeError:  # a list or an object
                answer = None
            if answer is None:
                answer = memory.answer(value)
                if memory.misses > self.next_review:
                    self._review()
            possible &= answer[0]
            if not possible:
                return self.certain
            mask |= answer[1]
        for memory in self.dotted:
            answer = memory.answer(read_field(fields, memory.field))
            possible &= answer[0]
            if not possible:
                return self.certain
            mask |= answer[1]
        return self._confirmed(possible, mask, fields)

    def _confirmed(self, possible: int, mask: int, fields: Mapping[str, object]) -> Sequence[int]:
        asked = [self.rules[bit.bit_length() - 1] for bit in set_bits(possible)]
        if self.words is not None and any(rule.reads_words for rule in asked):
            for word in words(fields):
                mask |= (self.words.values.get(word) or self.words.answer(word))[1]
        found = {rule.number for rule in asked if rule.holds(mask, fields)}
        return [*self.certain, *found] if found else self.certain


def _ordered(memories: list[FieldMemory], every: int) -> list[FieldMemory]:
    """Greedily: next the field that strikes out most of what is left when none of its leaves
    is satisfied, which is the common case."""
    ordered: list[FieldMemory] = []
    left, waiting = every, list(memories)
    while waiting:
        best = min(waiting, key=lambda memory: (left & memory.answers[0][0]).bit_count())
        waiting.remove(best)
        ordered.append(best)
        left &= best.answers[0][0]
    return ordered
