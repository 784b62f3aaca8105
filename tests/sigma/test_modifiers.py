"""Units: each modifier and each choice of the specification, by what it matches."""

from typing import Any

import orjson
import pytest

from pipeline.sigma.matching.compile import compile_rules
from pipeline.sigma.reading.parse import parse_rules


def matches(detection: dict[str, Any], event: dict[str, Any], expand: Any = None) -> bool:
    document = {"title": "t", "logsource": {"category": "made"}, "detection": detection}
    parsed = parse_rules([("t.yml", orjson.dumps(document).decode())], expand or {})
    assert not parsed.faults
    return bool(compile_rules(parsed).matches(event, orjson.dumps(event)))


def item_matches(key: str, value: Any, event: dict[str, Any]) -> bool:
    return matches({"s": {key: value}, "condition": "s"}, event)


CASES: list[tuple[str, Any, Any, bool]] = [
    ("f", "abc", "ABC", True),
    ("f", "stra\u00dfe", "STRASSE", True),
    ("f", "stra?e", "stra\u00dfe", True),
    ("f", "stra??e", "stra\u00dfe", False),
    ("f", "a*c", "a\nb\nc", True),
    ("f", "a\\*c", "abc", False),
    ("f", "a\\*c", "a*c", True),
    ("f", "c:\\\\*", "c:\\windows", True),
    ("f", "a\\\\\\*", "a\\*", True),
    ("f", "\\\\\\\\host", "\\\\host", True),
    ("f", "a\\", "a\\", True),
    ("f", "", "", True),
    ("f", "", None, False),
    ("f", None, None, True),
    ("f", None, "", False),
    ("f", "*", "", True),
    ("f", "*", None, False),
    ("f", 5, "5", True),
    ("f", "5", 5, True),
    ("f", "5", 5.0, True),
    ("f", 1, True, False),
    ("f", True, "TRUE", True),
    ("f", "true", True, True),
    ("f|contains", "23", 1234, True),
    ("f|cased", "abc", "ABC", False),
    ("f|neq", "abc", "ABC", False),
    ("f|neq", ["a", "b"], "c", True),
    ("f|contains|all", ["a", "b"], ["xa", "bx"], True),
    ("f|contains|all", ["a", "b"], ["xa", "x"], False),
    ("f|exists", True, None, False),
    ("f|exists", False, None, True),
    ("f|re", "b.d", "abcde", True),
    ("f|re", "B.D", "abcde", False),
    ("f|re|i", "B.D", "abcde", True),
    ("f|re", "a.b", "a\nb", False),
    ("f|re|s", "a.b", "a\nb", True),
    ("f|re|m", "^b$", "a\nb", True),
    ("f|re", "x(?i)ABC", "xabc", True),
    ("f|cidr", "10.0.0.0/8", "10.1.2.3", True),
    ("f|cidr", "10.0.0.0/8", "::ffff:10.1.2.3", True),
    ("f|cidr", "fe80::/10", "fe80::1", True),
    ("f|cidr", "10.0.0.0/8", "10.1.2", False),
    ("f|base64", "foo", "Zm9v", True),
    ("f|base64offset|contains", "foo", "xxZm9vxx", True),
    ("f|base64offset|contains", "http://", "YWJjIGh0dHA6Ly9kZWY=", True),
    ("f|wide|base64offset|contains", "ping", "cABpAG4AZwA=", True),
    ("f|utf16|base64", "a", "//5hAA==", True),
    ("f|windash|contains", " -enc", "x /enc", True),
    ("f|windash|contains", " -enc", "x \u2013enc", True),
    ("f|windash|contains", "a-b", "a/b", False),
    ("f|gt", 5, "5.5", True),
    ("f|lte", 5, "x", False),
    ("f|gte", 5, None, False),
    ("f|hour", 10, "2025-08-02 10:15:00", True),
    ("f|week", 1, "2024-12-30", True),
    ("f|day|gt", 1, "2025-08-02T10:15:00Z", True),
    ("f|fieldref", "g", "Other", True),
    ("f|fieldref|startswith", "h", "other", True),
    ("f|fieldref", "missing", None, False),
]


@pytest.mark.parametrize(("key", "value", "there", "expected"), CASES)
def test_an_item_matches_what_the_specification_says(
    key: str, value: Any, there: Any, expected: bool
) -> None:
    assert item_matches(key, value, {"f": there, "g": "OTHER", "h": "ot"}) is expected


def test_a_missing_field_is_null() -> None:
    assert item_matches("f", None, {})
    assert not item_matches("f", "", {})


def test_dotted_names_are_flat_keys_first_then_paths_through_arrays() -> None:
    assert item_matches("a.b", "x", {"a.b": "x", "a": {"b": "y"}})
    assert not item_matches("a.b", "y", {"a.b": "x", "a": {"b": "y"}})
    assert item_matches("a.b", "y", {"a": [{"b": "x"}, {"b": "y"}, {}]})


def test_keywords_are_found_in_values_at_any_depth_and_not_in_names() -> None:
    rule = {"k": ["mimikatz", 4711], "condition": "k"}
    assert matches(rule, {"a": [{"b": "x MIMIKATZ.exe"}]})
    assert matches(rule, {"a": 147110})
    assert not matches(rule, {"mimikatz": "x"})
    assert matches({"k": ["M\u0131\u212aX".casefold()], "condition": "k"}, {"a": "m\u0131kx"})


def test_all_keywords_may_be_in_different_values() -> None:
    rule = {"k": {"|all": ["one", "two"]}, "condition": "k"}
    assert matches(rule, {"a": "one", "b": "two"})
    assert not matches(rule, {"a": "one"})


def test_a_true_event_id_is_not_one() -> None:
    document = (
        "title: t\nlogsource: {product: windows, service: security}\n"
        "detection: {s: {EventID: 1}, condition: s}\n"
    )
    rules = compile_rules(parse_rules([("t.yml", document)]))
    assert rules.matches({"Channel": "Security", "EventID": 1}, b"")
    assert not rules.matches({"Channel": "Security", "EventID": True}, b"")
    assert rules.matches({"Channel": "security", "EventID": "1"}, b"")


def test_placeholders_take_every_value_given() -> None:
    rule = {"s": {"f|expand": "%admins%-x"}, "condition": "s"}
    assert matches(rule, {"f": "bob-x"}, {"admins": ["ann", "b*"]})
    assert not matches(rule, {"f": "cat-x"}, {"admins": ["ann", "b*"]})
