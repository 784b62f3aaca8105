"""Correlations in `rules list` and `rules explain` (shell)."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.sigma.matching.explain import Branch, explain
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.reading.documents import (
    And,
    Expression,
    Not,
    Or,
    RuleName,
    SigmaCorrelation,
    SigmaRule,
)

_SIGNS = {"gt": ">", "gte": "≥", "lt": "<", "lte": "≤", "eq": "=", "neq": "≠"}
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def condition_of(correlation: SigmaCorrelation) -> str:
    """Type, values, bounds, groups and span in one line: `event_count ≥ 5 by User within 5m`."""
    values = f"({', '.join(correlation.value_fields)})" if correlation.value_fields else ""
    bounds = " and ".join(f"{_SIGNS[one.operator]} {one.bound:g}" for one in correlation.thresholds)
    grouped = f"by {', '.join(correlation.group_by)}" if correlation.group_by else ""
    parts = (f"{correlation.type}{values}", bounds, grouped, f"within {_span(correlation)}")
    return " ".join(filter(None, parts))


def explain_correlation(
    rules: RuleSet, correlation: SigmaCorrelation, fields: Mapping[str, Any] | None
) -> Branch:
    """Its condition, and below it its rules, each with its own tree. One event decides none."""
    asked = correlation.expression
    wanted = (Branch(f"condition: {_said(rules, asked)}"),) if asked is not None else ()
    below = tuple(_member(rules, rule_id, fields) for rule_id in correlation.rules)
    return Branch(condition_of(correlation), branches=(*wanted, *below))


def feeding(rules: RuleSet, correlation: SigmaCorrelation) -> Iterator[str]:
    """The ids of the rules on events whose matches reach it, through other correlations too."""
    inner = {each.head.rule_id: each for each in rules.correlations}
    for rule_id in correlation.rules:
        if rule_id in inner:
            yield from feeding(rules, inner[rule_id])
        else:
            yield rule_id


def titled(rules: RuleSet, rule_id: str) -> str:
    """Title and id of a rule or correlation."""
    return f"{_document(rules, rule_id).head.title} ({rule_id})"


def _member(rules: RuleSet, rule_id: str, fields: Mapping[str, Any] | None) -> Branch:
    document = _document(rules, rule_id)
    if isinstance(document, SigmaCorrelation):
        inner = explain_correlation(rules, document, fields)
        return Branch(titled(rules, rule_id), branches=(inner,))
    tree = explain(rules.trees[rule_id], fields)
    return Branch(titled(rules, rule_id), tree.holds, branches=(tree,))


def _document(rules: RuleSet, rule_id: str) -> SigmaRule | SigmaCorrelation:
    if rule_id in rules.rules:
        return rules.rules[rule_id]
    return next(each for each in rules.correlations if each.head.rule_id == rule_id)


def _said(rules: RuleSet, expression: Expression) -> str:
    match expression:
        case RuleName(rule_id):
            return f"“{_document(rules, rule_id).head.title}”"
        case Not(operand):
            return f"not {_said(rules, operand)}"
        case And(operands):
            return f"({' and '.join(_said(rules, each) for each in operands)})"
        case Or(operands):
            return f"({' or '.join(_said(rules, each) for each in operands)})"


def _span(correlation: SigmaCorrelation) -> str:
    seconds = correlation.timespan_s
    length, unit = next(each for each in _UNITS if seconds % each[0] == 0)
    return f"{seconds // length}{unit}"
