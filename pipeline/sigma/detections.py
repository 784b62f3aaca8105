"""A `detection` (or a filter's) to one tree, every fault of it collected.

Search identifier: a map is And, a list of maps is Or, a list of words is keywords
(specification, rules, "Search-Identifier"). Several conditions are Or.
"""

from collections.abc import Mapping, Sequence

import msgspec

from pipeline.sigma.conditions import condition_tree
from pipeline.sigma.modifiers import item_tree
from pipeline.sigma.trees import TRUE, Tree, all_of, any_of
from pipeline.sigma.yaml_text import RuleError

Placeholders = Mapping[str, Sequence[str]]

CONDITION = "condition"
OBSOLETE = {"timeframe": "write a correlation document with timespan"}


class Detection(msgspec.Struct, frozen=True):
    """What a detection section means; `identifiers` are kept for explanations."""

    tree: Tree
    conditions: tuple[str, ...]
    identifiers: dict[str, Tree]


def read_detection(
    section: Mapping[str, object], placeholders: Placeholders, skip: Sequence[str] = ()
) -> tuple[Detection, list[RuleError]]:
    """The detection, and its faults with paths inside the section; without faults it is whole."""
    faults: list[RuleError] = []
    identifiers: dict[str, Tree] = {}
    for name, body in section.items():
        if name == CONDITION or name in skip:
            continue
        if name in OBSOLETE:
            faults.append(RuleError((name,), f"{name} is obsolete", OBSOLETE[name]))
            continue
        identifiers[name] = _collected((name,), body, placeholders, faults)
    conditions, tree = _conditions(section, identifiers, faults)
    return Detection(tree, conditions, identifiers), faults


def _conditions(
    section: Mapping[str, object], identifiers: dict[str, Tree], faults: list[RuleError]
) -> tuple[tuple[str, ...], Tree]:
    written = section.get(CONDITION)
    listed = written if isinstance(written, list) else [written]
    trees: list[Tree] = []
    for index, text in enumerate(listed):
        path = (CONDITION, index) if isinstance(written, list) else (CONDITION,)
        if not isinstance(text, str):
            faults.append(RuleError(path, "no condition", "write condition: selection"))
            continue
        try:
            trees.append(condition_tree(text, identifiers))
        except RuleError as error:
            faults.append(RuleError(path, error.problem, error.remedy))
    return tuple(text for text in listed if isinstance(text, str)), any_of(trees)


def _collected(
    path: tuple[str | int, ...],
    body: object,
    placeholders: Placeholders,
    faults: list[RuleError],
) -> Tree:
    """The tree of one search identifier; a faulty part counts as true, and is reported."""
    if isinstance(body, dict):
        return _items(path, body, placeholders, faults)
    if not isinstance(body, list):
        body = [body]
    if not body:
        faults.append(RuleError(path, "an empty search identifier", "give it a map or a list"))
    operands: list[Tree] = []
    for index, each in enumerate(body):
        here = (*path, index)
        if isinstance(each, dict):
            operands.append(_items(here, each, placeholders, faults))
        else:
            operands.append(_item(path, here, "", each, placeholders, faults))
    return any_of(operands)


def _items(
    path: tuple[str | int, ...],
    body: dict[str, object],
    placeholders: Placeholders,
    faults: list[RuleError],
) -> Tree:
    if not body:
        faults.append(RuleError(path, "an empty map", "give at least one field"))
    return all_of([_item(path, path, key, body[key], placeholders, faults) for key in body])


def _item(
    path: tuple[str | int, ...],
    fallback: tuple[str | int, ...],
    key: str,
    values: object,
    placeholders: Placeholders,
    faults: list[RuleError],
) -> Tree:
    try:
        return item_tree(key, values, placeholders)
    except RuleError as error:
        where = (*path, *error.path) if key else fallback
        faults.append(RuleError(where, error.problem, error.remedy))
        return TRUE
