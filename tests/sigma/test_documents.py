"""Documents: faults with their places, filters, correlations, content ids, log sources."""

import pytest

from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.documents import And, Not, RuleName
from pipeline.sigma.reading.parse import parse_rules

RULE = """title: {title}
id: {id}
name: {id}
logsource: {{category: {category}, product: windows}}
detection:
  s: {{f: x}}
  condition: s
"""


def rule(name: str, category: str = "made") -> str:
    return RULE.format(title=name, id=name, category=category)


FAULTS = [
    ("f|frob: x", "unknown modifier", 6),
    ("f|exists|contains: true", "exists stands alone", 6),
    ("f|contains|re: x", "re must be the first", 6),
    ("f|re: '('", "not a regular expression", 6),
    ("f|cidr: 10.0.0.0/99", "not a network", 6),
    ("f|all: x", "all on a single value", 6),
    ("f|base64: 'a*'", "a wildcard cannot be encoded", 6),
    ("f|expand: '%x%'", "no values for placeholder", 6),
    ("f|gt: abc", "is not a number", 6),
    ("f: [a, null]", "null in a list", 6),
]


@pytest.mark.parametrize(("item", "problem", "line"), FAULTS)
def test_a_fault_names_its_line_its_field_and_a_remedy(item: str, problem: str, line: int) -> None:
    text = rule("a").replace("  s: {f: x}", f"  s:\n    {item}")
    parsed = parse_rules([("a.yml", text), ("b.yml", rule("b"))])
    (fault,) = parsed.faults
    assert problem in fault.problem
    assert (fault.file, fault.line) == ("a.yml", line + 1)
    assert fault.field.startswith("detection.s")
    assert fault.remedy
    assert [each.head.rule_id for each in parsed.rules] == ["b"]


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("s | count() > 5", "obsolete"),
        ("s and", "ends too early"),
        ("(s", "not closed"),
        ("t", "no search identifier"),
        ("2 of s*", "is not Sigma"),
        ("1 of t*", "no search identifier fits"),
    ],
)
def test_a_condition_that_cannot_be_honoured_is_refused(condition: str, problem: str) -> None:
    parsed = parse_rules([("a.yml", rule("a").replace("condition: s", f"condition: {condition}"))])
    assert [problem in fault.problem for fault in parsed.faults] == [True]
    assert parsed.faults[0].line == 7


def test_every_fault_of_every_document_is_reported() -> None:
    text = (
        rule("a").replace("s: {f: x}", "s: {f|frob: x, g|re: '('}").replace("title: a", "level: x")
    )
    parsed = parse_rules([("a.yml", text), ("b.yml", "a: [")])
    assert len(parsed.faults) == 5


def test_a_key_that_occurs_twice_is_a_fault() -> None:
    parsed = parse_rules([("a.yml", rule("a").replace("s: {f: x}", "s: {f: x, f: y}"))])
    assert "occurs twice" in parsed.faults[0].problem


def test_a_filter_is_anded_as_written_and_not_seen_by_them() -> None:
    text = (
        "title: f\nlogsource: {product: windows}\n"
        "filter: {rules: [a], selection: {user: adm}, condition: not selection}\n"
    )
    rules = compile_rules(parse_rules([("a.yml", rule("a")), ("f.yml", text)]))
    assert not rules.faults
    of_windows = {"f": "x", "Channel": "Security"}
    assert rules.matches({**of_windows, "user": "bob"}, b"")
    assert not rules.matches({**of_windows, "user": "ADM"}, b"")


def test_a_filter_of_another_log_source_is_reported() -> None:
    text = (
        "title: f\nlogsource: {product: linux}\n"
        "filter: {rules: [a], selection: {user: adm}, condition: not selection}\n"
    )
    parsed = parse_rules([("a.yml", rule("a")), ("f.yml", text)])
    assert "log source" in parsed.faults[0].problem


CORRELATION = """title: c
id: {id}
correlation: {{type: temporal, rules: [{rules}], timespan: 5m{more}}}
"""


def test_correlations_come_inner_before_outer_with_references_resolved() -> None:
    files = [
        ("1.yml", CORRELATION.format(id="outer", rules="inner, b", more="")),
        ("2.yml", CORRELATION.format(id="inner", rules="a, b", more=", condition: a and not b")),
        ("a.yml", rule("a")),
        ("b.yml", rule("b")),
    ]
    parsed = parse_rules(files)
    assert not parsed.faults
    assert [each.head.rule_id for each in parsed.correlations] == ["inner", "outer"]
    assert parsed.correlations[0].expression == And((RuleName("a"), Not(RuleName("b"))))


def test_an_unresolved_or_circular_reference_is_a_fault() -> None:
    files = [
        ("1.yml", CORRELATION.format(id="x", rules="y", more="")),
        ("2.yml", CORRELATION.format(id="y", rules="x", more="")),
        ("3.yml", CORRELATION.format(id="z", rules="nowhere", more="")),
    ]
    parsed = parse_rules(files)
    assert not parsed.correlations
    assert len(parsed.faults) == 3


def test_the_content_id_does_not_depend_on_the_order_or_the_names_of_files() -> None:
    one = compile_rules(parse_rules([("1", rule("a")), ("2", rule("b"))]))
    other = compile_rules(parse_rules([("2", rule("a")), ("1", rule("b"))]))
    changed = compile_rules(parse_rules([("1", rule("a")), ("2", rule("c"))]))
    assert one.content_id == other.content_id != changed.content_id
