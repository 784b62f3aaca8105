"""One field of a plan: what its values say, remembered.

For a value: the bits of the leaves that it satisfies, and the rules that it leaves
possible (bits again, one for each rule of the plan). Few different answers occur, so
values share them. Everything kept is bounded, and forgetting changes no answer.
"""

from collections.abc import Iterator, Sequence

from pipeline.sigma.matching.bit_conditions import Bits, Demand, all_demands, demand
from pipeline.sigma.matching.scan import Scanner
from pipeline.sigma.predicates import Exists, Null, Test, text_of
from pipeline.sigma.trees import Leaf, Tree

VALUES_KEPT = 20_000
"""Values remembered for one field of one plan; at the limit the memory starts anew."""
LONGEST_KEPT = 2048
"""Longer values seldom recur, and would hold the memory's space."""
BYTES_KEPT = 200_000_000
"""What all memories of a rule set may take together."""
BYTES_AN_ENTRY = 200
"""What a remembered value takes beside its letters, and an answer beside its bits."""

Answer = tuple[int, int]
"""Rules still possible, leaves satisfied."""


class Space:
    """The bytes that the memories of a rule set share; used up, all of them start anew."""

    def __init__(self, bytes_kept: int = BYTES_KEPT) -> None:
        self.bytes_kept = bytes_kept
        self.left = bytes_kept
        self.memories: list[FieldMemory] = []

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            for memory in self.memories:
                memory.forget()
            self.left = self.bytes_kept


class FieldMemory:
    """`demands` are what this field's rules ask of it, by their number in the plan; the scanner
    is built at the first value that needs it."""

    __slots__ = (
        "answers",
        "demands",
        "every",
        "field",
        "keys",
        "leaves",
        "misses",
        "missing_mask",
        "owners",
        "scanner",
        "space",
        "values",
    )

    def __init__(self, field: str, rule_count: int, space: Space) -> None:
        self.field = field
        self.space = space
        space.memories.append(self)
        parts = field.split(".")
        self.keys = tuple(".".join(parts[: n + 1]) for n in range(len(parts)))
        """An event with none of these keys does not have the field."""
        self.every = (1 << rule_count) - 1
        self.leaves: dict[int, Leaf] = {}
        """By their bits."""
        self.owners: dict[int, set[int]] = {}
        self.demands: dict[int, Demand] = {}
        self.values: dict[str | None, Answer] = {}
        self.answers: dict[int, Answer] = {}
        self.scanner: Scanner | None = None
        self.missing_mask = 0
        self.misses = 0
        """How many values were not remembered: what the field costs."""

    def take(self, number: int, own: Sequence[Leaf], operands: Sequence[Tree], bits: Bits) -> None:
        """Rule `number`: its leaves of this field, and the operands of its conjunction that have
        them. Leaves without a bit are not decided by a value of this field."""
        for leaf in own:
            if id(leaf) in bits:
                self._add(leaf, bits[id(leaf)], number)
        self.demands[number] = all_demands([demand(each, self.field, bits) for each in operands])

    def _add(self, leaf: Leaf, bit: int, number: int) -> None:
        if bit not in self.leaves:
            self.leaves[bit] = leaf
            self.owners[bit] = set()
            if any(holds_for_missing(test) for test in leaf.tests):
                self.missing_mask |= bit
        self.owners[bit].add(number)

    def seal(self) -> None:
        """Once every rule is taken: the answer of a value that satisfies no leaf."""
        possible = self.every
        for number, asked in self.demands.items():
            if asked.needed or not asked.is_met(0):
                possible &= ~(1 << number)
        self.answers[0] = (possible, 0)

    def missing(self) -> Answer:
        """The answer of an event without the field; needs no scanner."""
        return self.answers.get(self.missing_mask) or self._answer(self.missing_mask)

    def answer(self, value: object) -> Answer:
        """What `value` (None for missing and null) says of this field's leaves."""
        if value is None:
            found = self.values[None] = self.missing()
            return found
        # A number says what its text says, so both are remembered as text.
        text = None if isinstance(value, list | tuple) else text_of(value)
        known = None if text is None else self.values.get(text)
        if known is not None:
            return known
        self.misses += 1
        mask = self.prepare().mask(value if text is None else text)
        found = self.answers.get(mask) or self._answer(mask)
        if text is not None and len(text) <= LONGEST_KEPT:
            self._keep(text, found)
        return found

    def prepare(self) -> Scanner:
        """The scanner, built at the first value that needs it or before."""
        if self.scanner is None:
            self.scanner = Scanner(self.leaves)
        return self.scanner

    def _keep(self, value: str, found: Answer) -> None:
        self.space.take(len(value) + BYTES_AN_ENTRY)
        if len(self.values) >= VALUES_KEPT:
            self.values.clear()
        self.values[value] = found

    def forget(self) -> None:
        """All values and answers, but for what a value that satisfies nothing says."""
        self.values.clear()
        nothing = self.answers.get(0)
        self.answers = {} if nothing is None else {0: nothing}

    def _answer(self, mask: int) -> Answer:
        """From the answer of no leaf: only rules that own a satisfied leaf can differ."""
        touched: set[int] = set()
        for bit in set_bits(mask):
            touched |= self.owners[bit]
        possible = self.answers[0][0]
        for number in touched:
            if self.demands[number].is_met(mask):
                possible |= 1 << number
            else:
                possible &= ~(1 << number)
        self.space.take(BYTES_AN_ENTRY + (self.every.bit_length() + mask.bit_length()) // 4)
        found = self.answers[mask] = (possible, mask)
        return found


def holds_for_missing(test: Test) -> bool:
    """Whether a test is true of a field that is missing or null."""
    return isinstance(test, Null) or (isinstance(test, Exists) and not test.present)


def set_bits(mask: int) -> Iterator[int]:
    """Each set bit as a mask of its own, from the lowest."""
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit
