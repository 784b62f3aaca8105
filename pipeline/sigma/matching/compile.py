"""Documents to a rule set: filters joined to their rules, log sources to their conditions."""

from pipeline.sigma.log_sources import EVENT_TYPES
from pipeline.sigma.matching.plan_router import CompiledRule
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.predicates import Null, Text
from pipeline.sigma.reading.documents import LogSource, SigmaFilter, SigmaRule
from pipeline.sigma.reading.parse import ParsedRules
from pipeline.sigma.reading.references import applies_to
from pipeline.sigma.trees import TRUE, Leaf, Tree, all_of


def compile_rules(parsed: ParsedRules) -> RuleSet:
    """A rule set of every rule without a fault; correlations are carried, inner first."""
    compiled = [
        CompiledRule(
            rule,
            all_of(
                [
                    parsed.trees[rule.head.rule_id],
                    *(parsed.trees[each.head.rule_id] for each in _filters_of(rule, parsed)),
                    source_condition(rule.logsource),
                ]
            ),
        )
        for rule in parsed.rules
    ]
    return RuleSet(compiled, parsed.correlations, parsed.faults, parsed.digests)


def _filters_of(rule: SigmaRule, parsed: ParsedRules) -> list[SigmaFilter]:
    return [
        each
        for each in parsed.filters
        if (applies_to(each, rule) if each.rules == "any" else rule.head.rule_id in each.rules)
    ]


def source_condition(logsource: LogSource) -> Tree:
    """What a log source asks of an event beyond its channel and event id: of Sysmon's one
    event for created and deleted registry keys, the right one (or one that does not say)."""
    names = EVENT_TYPES.get(logsource.category, ())
    if logsource.product not in ("", "windows") or not names:
        return TRUE
    return Leaf("EventType", (*(Text((name,)) for name in names), Null()))
