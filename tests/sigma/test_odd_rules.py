"""Odd rules: each is read as the specification says, or refused; none is silently weakened."""

from itertools import permutations
from typing import Any

import orjson
import pytest

from pipeline.sigma.dates import PARTS
from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.modifiers import (
    AROUND,
    COMPARISONS,
    KNOWN,
    REGEX_FLAGS,
    item_tree,
)
from pipeline.sigma.reading.parse import ParsedRules, parse_rules
from pipeline.sigma.reading.yaml_text import RuleError
from pipeline.sigma.trees import Tree

HEAD = "title: t\nlogsource: {category: made}\n"


def of_item(key: str, value: str) -> str:
    """A rule of one item; both as they stand in YAML."""
    return f"{HEAD}detection: {{s: {{{key}: {value}}}, condition: s}}\n"


def of_condition(text: str) -> str:
    return f"{HEAD}detection: {{a: {{f: 1}}, b: {{f: 2}}, _c: {{f: 3}}, condition: {text}}}\n"


def matching(text: str, expand: Any = None) -> Any:
    """Whether a rule without a fault matches events of these values of `f`."""
    parsed = parse_rules([("t.yml", text)], expand or {})
    assert not parsed.faults, parsed.faults
    rules = compile_rules(parsed)

    def matches(value: Any) -> bool:
        event = {"f": value, "g": "G"}
        return bool(rules.matches(event, orjson.dumps(event)))

    return matches


def problems(parsed: ParsedRules) -> list[str]:
    assert not parsed.rules
    assert not parsed.correlations
    return [f"{each.field}: {each.problem}" for each in parsed.faults]


READ: list[tuple[str, list[Any], list[Any]]] = [
    # A number as its author spelled it, and as JSON has it.
    (of_item("f", "10.0"), ["10.0", 10.0, 10, "10"], ["10.00", "100", True]),
    (of_item("f|contains", "10.0"), ["v10.0"], ["v10", 10]),
    (of_item("f|startswith", "10.0"), ["10.0.19"], ["10.19", "100"]),
    (of_item("f|re", "10.0"), ["10.0", "10x0"], ["10"]),
    (of_item("f", "007"), ["007"], [7, "7"]),
    (of_item("f", "0x10"), ["0X10"], [16]),
    (of_item("f", "1e3"), ["1E3"], [1000]),
    (of_item("f", "-0"), ["-0"], [0]),
    (of_item("f", "12345678901234567890"), [12345678901234567890, "12345678901234567890"], [1]),
    (of_item("f", "yes"), ["YES"], [True]),
    (of_item("f", "2025-01-01"), ["2025-01-01"], ["2025-1-1"]),
    (of_item("f", "'null'"), ["NULL"], [None]),
    (of_item("f", "~"), [None], ["null", ""]),
    (of_item("f|contains", "true"), ["xTRUEx", True], ["x"]),
    (of_item("f", "[null]"), [None], [""]),
    (f"{HEAD}detection: {{s: [10.0], condition: s}}\n", ["v10.0"], ["v10"]),
    (f"{HEAD}detection: {{s: [true], condition: s}}\n", ["xTrue"], [True]),
    # An IPv4-mapped network is its IPv4 one, as an address is.
    (of_item("f|cidr", "'::ffff:10.0.0.0/104'"), ["10.1.1.1", "::ffff:10.1.1.1"], ["11.1.1.1"]),
    (of_item("f|cidr", "'::ffff:0:0/96'"), ["10.1.1.1"], ["fe80::1"]),
    (of_item("f|cidr", "10.9.9.9/8"), ["10.0.0.1"], ["11.0.0.1"]),
    (of_item("f|cidr", "10.0.0.1"), ["10.0.0.1"], ["10.0.0.2"]),
    (of_item("f|cidr", "'fe80::/10'"), ["FE80::1%eth0"], ["fec0::1"]),
    # Modifiers, one after another.
    (of_item("f|windash|wide|base64", "' -a'"), ["IAAvAGEA", "IAAtAGEA"], [" -a"]),
    (of_item("f|base64", r"'a\*'"), ["YSo="], ["YQ=="]),
    (of_item("f|neq|all", "[a, b]"), ["a", None], [["a", "b"]]),
    (of_item("f|gt|all", "[1, 5]"), [6], [3]),
    (of_item("f|gt|neq", "5"), [3, None], [6]),
    (of_item("f|hour|gte", "'05'"), ["2025-01-01 05:30"], ["2025-01-01 04:30", "2025-01-01"]),
    (of_item("f|fieldref|cased", "g"), ["G"], ["g"]),
    (of_item("f|fieldref|neq", "g"), ["x", None], ["g"]),
    (of_item("f|fieldref", "missing"), [], ["missing", None]),
    # Conditions: weakest or, then and, then not, then N of.
    (of_condition("not a and b"), [2], [1, 3, [1, 2]]),
    (of_condition("not a or b"), [2, 3, [1, 2]], [1]),
    (of_condition("a or b and not b"), [1, [1, 2]], [2, 3]),
    (of_condition("not 1 of them"), [3, None], [1, 2, [1, 3]]),
    (of_condition("1 of them and not _c"), [1, 2], [3, [1, 3]]),
    (of_condition("all of a*"), [1, [1, 2]], [2]),
    (of_condition("1 of _c"), [3], [1]),
    (of_condition("NOT a AND(b)"), [2], [1, [1, 2]]),
    (of_condition("not not a"), [1], [2]),
    (of_condition("[a, not b]"), [1, 3, [1, 2]], [2]),
    (f"{HEAD}detection: {{1: {{f: x}}, condition: '1'}}\n", ["x"], ["y"]),
    (f"{HEAD}detection: {{'s 1': {{f: x}}, condition: 1 of s*}}\n", ["x"], ["y"]),
    # YAML.
    ("\ufeff" + of_item("f", "x"), ["x"], ["y"]),
    (of_item("f", "x").replace("\n", "\r\n"), ["x"], ["y"]),
    (f"{HEAD}detection: {{s: &s {{f: x}}, r: *s, condition: s and r}}\n", ["x"], ["y"]),
]


@pytest.mark.parametrize(("text", "met", "unmet"), READ)
def test_an_odd_rule_is_read_as_the_specification_says(
    text: str, met: list[Any], unmet: list[Any]
) -> None:
    matches = matching(text)
    assert [value for value in met if not matches(value)] == []
    assert [value for value in unmet if matches(value)] == []


def test_a_placeholder_is_filled_before_anything_else_is_done_to_it() -> None:
    values = {"x": ["a", "b"]}
    assert matching(of_item("f|expand|base64", "'%x%'"), values)("Yg==")
    assert matching(of_item("f|re|expand", "'^%x%$'"), values)("b")
    assert matching(of_item("f|expand", r"'\%x\%'"), values)("%x%")


LAUGHS = "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcde", "bcdef", strict=True)
)
MERGED = "base: &b {f: x}\n" + HEAD
REFUSED = [
    (of_condition("[]"), "no condition"),
    (of_condition("[a, null]"), "no condition"),
    (of_condition("''"), "an empty condition"),
    (of_condition("2 of them"), "not Sigma"),
    (of_condition("'1 of (a, b)'"), "not a pattern"),
    (of_condition("1 of ?*"), "not a pattern"),
    (of_condition("a b"), "not expected here"),
    (of_condition("a && b"), "not expected here"),
    (of_condition("a near b"), "not expected here"),
    (of_condition("1 of _*"), "fits '_*'"),
    (of_condition("'all of them | count() > 5'"), "obsolete"),
    (of_item("f|windash|fieldref", "g"), "fieldref takes only"),
    (of_item("f|fieldref|contains|startswith", "g"), "two of contains"),
    (of_item("f|fieldref", "''"), "fieldref needs the name"),
    (of_item("f|exists", "[true, false]"), "exists takes true or false"),
    (of_item("f|hour", "5.5"), "no hour is 5.5"),
    (of_item("f|hour", "24"), "no hour is 24"),
    (of_item("f|gt", "1e999"), "not a number"),
    (of_item("f|hour|gt|lt", "5"), "two comparisons"),
    (of_item("f|base64offset|contains", "''"), "cannot be encoded"),
    (of_item("f|wide|contains", "''"), "cannot be encoded"),
    (of_item("f|wide|windash|base64", "' -a'"), "windash after an encoding"),
    (of_item("f|wide|utf16be", "a"), "two encodings"),
    (of_item("f|contains|base64", "a"), "a wildcard cannot be encoded"),
    (of_item("f|re|i|cased", "a"), "re takes only"),
    (of_item("f|i", "a"), "belong to re"),
    (of_item("'f |contains'", "a"), "white space"),
    (of_item("'f| contains'", "a"), "unknown modifier"),
    (of_item("'f|'", "a"), "unknown modifier"),
    (of_item("f|Contains", "a"), "unknown modifier"),
    (of_item("f|re|contains", "null"), "null takes no modifier"),
    (of_item("f", "[]"), "an empty list"),
    (of_item("f", "[[a]]"), "a value must be"),
    (of_item("f", "{a: b}"), "a value must be"),
    (of_item("f", "!!binary YQ=="), "unknown tag"),
    (of_item("f", "!!set {a, b}"), "unknown tag"),
    (of_item("'|startswith'", "abc"), "no start and no end"),
    (of_item("'|re'", "'.*'"), "an empty keyword"),
    (f"{HEAD}detection: {{s: ['?*'], condition: s}}\n", "an empty keyword"),
    (f"{HEAD}detection: {{s: {{}}, condition: s}}\n", "an empty map"),
    (f"{HEAD}detection: {{s: [], condition: s}}\n", "an empty search identifier"),
    (f"{HEAD}detection: {{s: {{f: x}}, timeframe: 5m, condition: s}}\n", "obsolete"),
    (f"{HEAD}detection: [x]\n", "detection must be a map"),
    (f"{HEAD}detection: &s {{s: *s, condition: s}}\n", "nested too deeply"),
    (f"{HEAD}detection: {{s: {{f: x, f: y}}, condition: s}}\n", "occurs twice"),
    (MERGED + "detection: {s: {<<: *b, g: y}, condition: s}\n", "merge keys"),
    (MERGED + "<<: *b\ndetection: {s: {f: x}, condition: s}\n", "merge keys"),
    (f"a: &a [x]\n{LAUGHS}", "more than 100000 values"),
    ("title: t\nlogsource:\n\tcategory: made\n", "not YAML"),
    (f"action: global\n{HEAD}", "action is obsolete"),
    (of_item("f", "x").replace("category", "Product"), "'Product' is not a key"),
    (of_item("f", "x").replace("made", "[made]"), "category must be text"),
    (of_item("f", "x") + "correlation: {type: temporal}\n", "several kinds"),
]


@pytest.mark.parametrize(("text", "problem"), REFUSED)
def test_what_cannot_be_honoured_is_refused(text: str, problem: str) -> None:
    assert any(problem in each for each in problems(parse_rules([("t.yml", text)])))


def test_a_placeholder_without_any_value_is_refused() -> None:
    parsed = parse_rules([("t.yml", of_item("f|expand", "'%x%'"))], {"x": []})
    assert "no values for placeholder" in problems(parsed)[0]


def test_a_filter_says_which_rules_it_is_for() -> None:
    silencing = f"---\n{HEAD}filter: {{%ss: {{g: y}}, condition: not s}}\n"
    for rules in ("", "rules: , "):
        (fault,) = parse_rules([("t.yml", of_item("f", "x") + silencing % rules)]).faults
        assert (fault.field, fault.problem) == ("filter.rules", "no rules")
    for rules in ("rules: any, ", "rules: [], "):
        assert not parse_rules([("t.yml", of_item("f", "x") + silencing % rules)]).faults


def id_of(number: int) -> str:
    return f"0000000{number}-0000-4000-8000-000000000000"


NAMED = "".join(
    f"title: {name}\nid: {id_of(number)}\nname: {name}\n"
    f"logsource: {{category: made}}\ndetection: {{s: {{f: {name}}}, condition: s}}\n---\n"
    for number, name in enumerate("ab", 1)
)


def correlated(body: str, head: str = "") -> ParsedRules:
    return parse_rules([("t.yml", f"{NAMED}title: c\n{head}correlation: {{{body}}}\n")])


@pytest.mark.parametrize(
    ("body", "field", "problem"),
    [
        ("type: value_median, rules: [a], timespan: 5m, "
         "condition: {gte: 1, field: x, percentile: 90}", "condition.percentile", "no percentile"),
        (f"type: temporal_ordered, rules: [a, b, {id_of(1)}], timespan: 5m",
         "rules", "the same rule twice"),
        (f"type: temporal, timespan: 5m, condition: a and {id_of(1)}",
         "rules", "the same rule twice"),
        ("type: temporal, rules: [a, b], timespan: 5m, group-by: [x], "
         f"aliases: {{x: {{a: f, {id_of(1)}: h, b: g}}}}", "aliases.x", "the same rule twice"),
        ("type: temporal, rules: [a, b], timespan: 5m, group-by: [x], aliases: {x: {a: '', b: g}}",
         "aliases.x", "no sources"),
        ("type: value_sum, rules: [a], timespan: 5m, condition: {gte: 1, field: ''}",
         "condition.field", "a name or names"),
        ("type: event_count, rules: [a], timespan: 999999999d, condition: {gte: 2}",
         "timespan", "more than ten years"),
        ("type: event_count, rules: [a], timespan: 1h30m, condition: {gte: 2}",
         "timespan", "is not a timespan"),
        ("type: event_count, rules: [a], timespan: 5M, condition: {gte: 2}",
         "timespan", "is not a timespan"),
        ("type: event_count, rules: [a], timeframe: 5m, condition: {gte: 2}",
         "timeframe", "unknown key"),
        ("type: event_count, rules: [a], timespan: 5m, condition: {gte: '10'}",
         "condition.gte", "not a comparison"),
        ("type: temporal, rules: [a, b], timespan: 5m, level: loud", "level", "not a level"),
    ],
)  # fmt: skip
def test_a_correlation_that_cannot_be_honoured_is_refused(
    body: str, field: str, problem: str
) -> None:
    parsed = correlated(body)
    assert not parsed.correlations
    assert any(
        each.field == f"correlation.{field}" and problem in each.problem for each in parsed.faults
    )


def test_a_level_stands_within_a_correlation_or_beside_it() -> None:
    body = "type: temporal, rules: [a, b], timespan: 5m, level: High"
    for head in ("", "level: high\n"):
        (read,) = correlated(body, head).correlations
        assert read.head.level == "high"
    assert not correlated(body, "level: low\n").correlations


VALUES: list[Any] = ["aZ -b", "10.0.0.0/8", 7, True, "%p%", ["a -b", "é"], [1, 2]]


def meanings(chain: tuple[str, ...], field: str) -> list[Tree | None]:
    """What the item means with each of the values; None where it is refused."""

    def meaning(value: Any) -> Tree | None:
        try:
            return item_tree("|".join([field, *chain]), value, {"p": ["q -r"]}, 10_000)[0]
        except RuleError:
            return None

    return [meaning(value) for value in VALUES]


def says_nothing(name: str, field: str, others: set[str]) -> bool:
    """Where a modifier is implied by the rest, or asks for what these cannot have."""
    implied = name in AROUND and ("re" in others or (not field and name == "contains"))
    wider = name in ("startswith", "endswith") and "contains" in others
    numbers = name == "cased" and bool(others & {*COMPARISONS, *PARTS})
    same = name in REGEX_FLAGS and REGEX_FLAGS[name] in {REGEX_FLAGS.get(each) for each in others}
    # A placeholder is no number, no network and no list of them.
    empty = name == "expand" and bool(others & {*COMPARISONS, *PARTS, "cidr", "all", "re"})
    return implied or wider or numbers or same or empty


@pytest.mark.parametrize("field", ["f", ""])
def test_no_modifier_is_taken_and_left_without_effect(field: str) -> None:
    chains = [chain for size in (1, 2) for chain in permutations(sorted(KNOWN), size)]
    for chain in chains:
        meant = meanings(chain, field)
        for name in chain:
            others = tuple(each for each in chain if each != name)
            without = meanings(others, field)
            differs = any(
                one is not None and one != other for one, other in zip(meant, without, strict=True)
            )
            is_refused = all(one is None for one in meant)
            assert differs or is_refused or says_nothing(name, field, set(others)), chain
