"""A `detection` (or a filter's) to one tree, every fault of it collected.

Search identifier: a map is And, a list of maps is Or, a list of words is keywords
(specification, rules, "Search-Identifier"). Several conditions are Or.
"""

from collections.abc import Mapping, Sequence

import msgspec

from pipeline.sigma.reading.conditions import condition_tree
from pipeline.sigma.reading.modifiers import TooManyTests, item_tree
from pipeline.sigma.reading.yaml_text import Path, RuleError
from pipeline.sigma.trees import TRUE, Tree, all_of, any_of

Placeholders = Mapping[str, Sequence[str]]

CONDITION = "condition"
OBSOLETE = {"timeframe": "write a correlation document with timespan"}


class Detection(msgspec.Struct, frozen=True):
    """What a detection section means; `identifiers` are kept for explanations."""

    tree: Tree
    conditions: tuple[str, ...]
    identifiers: dict[str, Tree]


WEIGHT_LIMIT = 100_000
"""What the values of one section may weigh, as they stand after windash, base64offset and
placeholders: about so many values, or ten times as many letters."""


def read_detection(
    section: Mapping[str, object], placeholders: Placeholders, skip: Sequence[str] = ()
) -> tuple[Detection, list[RuleError]]:
    """The detection, and its faults with paths inside the section; without faults it is whole."""
    reading = _Reading(placeholders)
    identifiers: dict[str, Tree] = {}
    for name, body in section.items():
        if name == CONDITION or name in skip:
            continue
        if name in OBSOLETE:
            fault = RuleError((name,), f"{name} is obsolete", OBSOLETE[name])
            reading.faults.append(fault)
            continue
        identifiers[name] = reading.identifier((name,), body)
    conditions, tree = reading.conditions(section, identifiers)
    return Detection(tree, conditions, identifiers), reading.faults


class _Reading:
    """One section on its way to a tree; a faulty part counts as true, and is reported."""

    def __init__(self, placeholders: Placeholders) -> None:
        self.placeholders = placeholders
        self.faults: list[RuleError] = []
        self.left = WEIGHT_LIMIT

    def conditions(
        self, section: Mapping[str, object], identifiers: dict[str, Tree]
    ) -> tuple[tuple[str, ...], Tree]:
        written = section.get(CONDITION)
        # An empty list would be a disjunction of nothing: a rule that never matches.
        listed = written if isinstance(written, list) and written else [written]
        trees: list[Tree] = []
        for index, text in enumerate(listed):
            path = (CONDITION, index) if isinstance(written, list) else (CONDITION,)
            if not isinstance(text, str):
                self.fault(path, "no condition", "write condition: selection")
                continue
            try:
                trees.append(condition_tree(text, identifiers))
            except RuleError as error:
                self.fault(path, error.problem, error.remedy)
        return tuple(text for text in listed if isinstance(text, str)), any_of(trees)

    def identifier(self, path: Path, body: object) -> Tree:
        """The tree of one search identifier."""
        if isinstance(body, dict):
            return self.items(path, body)
        if not isinstance(body, list):
            body = [body]
        if not body:
            self.fault(path, "an empty search identifier", "give it a map or a list")
        operands: list[Tree] = []
        for index, each in enumerate(body):
            here = (*path, index)
            if isinstance(each, dict):
                operands.append(self.items(here, each))
            else:
                operands.append(self.item(path, here, "", each))
        return any_of(operands)

    def items(self, path: Path, body: dict[str, object]) -> Tree:
        if not body:
            self.fault(path, "an empty map", "give at least one field")
        return all_of([self.item(path, path, key, body[key]) for key in body])

    def item(self, path: Path, fallback: Path, key: str, values: object) -> Tree:
        if self.left < 0:
            return TRUE
        try:
            tree, weight = item_tree(key, values, self.placeholders, self.left)
        except RuleError as error:
            self.fault((*path, *error.path) if key else fallback, error.problem, error.remedy)
            if isinstance(error, TooManyTests):
                self.left = -1  # one fault says it all
            return TRUE
        self.left -= weight
        return tree

    def fault(self, path: Path, problem: str, remedy: str) -> None:
        self.faults.append(RuleError(path, problem, remedy))
