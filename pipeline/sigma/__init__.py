"""Sigma 2.1 as a library: rule text in, matches out. It imports nothing else of this project.

    parsed = parse_rules([("logon.yml", text)])    # faults with file, line, field and remedy
    rules = compile_rules(parsed)                  # filters joined, conditions indexed
    rules.matches(fields, line)                    # every rule that matches this one event

Reading (text to rules) and matching (rules to plans) are two rooms; what both speak of, a
detection as a tree over predicates, stands beside them. See docs/sigma-library.md.
"""

from pipeline.sigma.log_sources import log_source
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.matching.explain import explain
from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.reading.documents import RuleFault, SigmaCorrelation, SigmaFilter, SigmaRule
from pipeline.sigma.reading.parse import ParsedRules, parse_rules

__all__ = [
    "ParsedRules",
    "RuleFault",
    "RuleSet",
    "SigmaCorrelation",
    "SigmaFilter",
    "SigmaRule",
    "compile_rules",
    "explain",
    "log_source",
    "parse_rules",
]
