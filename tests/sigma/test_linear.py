"""Expressions and wildcards: as `re` has them, in linear time, or a fault at load."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sigma.globs import glob_matches
from pipeline.sigma.patterns import parse_pattern
from pipeline.sigma.re2_translation import check_expression, expression_matches
from pipeline.sigma.reading.regexes import python_regex
from pipeline.sigma.reading.yaml_text import RuleError

LETTERS = "aAbzkK1_- .\n\\x\u017f\u212a\u0130\u0131\u00e9\u00c9\u0660\u3000\x85\u6f22\U0001f525"
LETTER_ATOMS = [*"abkK1_é漢ſ🔥", ".", r"\.", r"\n", r"\d", r"\D", r"\s", r"\S", r"\w", r"\W"]
CLASS_ATOMS = [
    "[a-z]",
    "[^a-z]",
    r"[\w.-]",
    r"[^\s\d]",
    r"[^\W_]",
    "[À-ÿ]",
    "[K-ſ]",
    "[^a]",
    "[]a]",
]
atoms = st.sampled_from(LETTER_ATOMS + CLASS_ATOMS)
counts = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,3}", "{2,}", "*?", "+?"])
repeated = st.builds("{}{}".format, atoms, counts)
flagged = st.sampled_from(["", "(?i:", "(?s:", "(?m:", "(?-i:"])


def grouped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    choices = st.lists(inner, min_size=1, max_size=3).map("|".join)
    groups = st.builds(lambda kind, text: f"{kind or '(?:'}{text})", flagged, choices)
    return st.lists(inner | groups, min_size=1, max_size=3).map("".join) | st.builds(
        "{}{}".format, groups, counts
    )


bodies = st.recursive(repeated, grouped, max_leaves=6)
expressions = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "^", r"\A", "(?:^|-)"]),
    bodies,
    st.sampled_from(["", "$", r"\Z", "(?:$|-)"]),
)


@settings(max_examples=600, deadline=None)
@given(expressions, st.sampled_from(["", "i", "m", "s", "ims"]), st.text(LETTERS, max_size=8))
def test_an_expression_matches_as_in_this_language(pattern: str, flags: str, text: str) -> None:
    check_expression(pattern, flags)
    chosen = sum(getattr(re, letter.upper()) for letter in flags)
    expected = re.search(pattern, text, chosen) is not None
    assert expression_matches(pattern, flags, text) is expected


BACKTRACKING = [
    ("(a+)+$", "a" * 50_000 + "!"),
    (r"(\w|_)*x$", "_" * 50_000),
    ("(a|a)*b", "a" * 50_000),
    (r"^(\s*\S+\s*)*;$", "a " * 25_000),
    ("(.*a){20}b", "a" * 5_000 + "\u00e9"),
    ("(x+x+)+y", "x" * 50_000),
]


@pytest.mark.parametrize(("pattern", "value"), BACKTRACKING)
def test_a_value_made_to_backtrack_is_answered(pattern: str, value: str) -> None:
    """Each would keep a backtracking search busy for longer than the universe has lasted."""
    check_expression(pattern, "")
    assert not expression_matches(pattern, "", value)


WILDCARDS = ["*a*a*a*a*a*a*b", "*a?a*a?a*a?a*b*", "*?*?*?*?*?*b"]


@pytest.mark.parametrize("pattern", WILDCARDS)
@pytest.mark.parametrize("letters", ["a", "a\u00df"])
def test_wildcards_take_no_second_try(pattern: str, letters: str) -> None:
    assert not glob_matches(parse_pattern(pattern), letters * 50_000)
    assert glob_matches(parse_pattern(pattern), letters * 50_000 + "ab")


REFUSED = [
    ("a(?!b)", "look-around"),
    ("(?<=a)b", "look-around"),
    (r"(a)\1", "back reference"),
    ("a(?>b+)", "atomic"),
    ("a++b", "possessive"),
    ("(a)?(?(1)b|c)", "conditional"),
    ("a$b", "more of the expression behind it"),
    ("(a{1000}){1000}", "too large|multiply"),
    ("(((a{60}){60}){60}){60}", "too large|multiply"),
    ("a{4000000000}", "repetition of"),
    ("(" * 5000 + ")" * 5000, "nested too deeply"),
    ("[" * 20_000, "more than 10000 letters"),
    ("a**", "not a regular expression"),
    ("[[:alpha:]]", "not a regular expression"),
    ("(?a:b)", "flag a"),
]


@pytest.mark.parametrize(("pattern", "problem"), REFUSED)
def test_what_has_no_bound_in_time_is_a_fault_at_load(pattern: str, problem: str) -> None:
    with pytest.raises(RuleError) as fault:
        check_expression(python_regex(pattern), "")
    assert re.search(problem, fault.value.problem)
    assert fault.value.remedy


SPELLINGS: list[tuple[str, str, bool]] = [
    ("x(?i)abc", "xABC", True),
    ("x(?i)abc", "XABC", False),
    ("(a(?i)b|c)d", "Cd", True),
    ("(a(?i)b|c)d", "CD", False),
    ("a(?i)b|c", "C", True),
    ("(?i)a|b", "B", True),
    ("(?i)a(?-i)b", "Ab", True),
    ("(?i)a(?-i)b", "AB", False),
    ("[(?i)]x", "ix", True),
    ("[(?i)]x", "IX", False),
    (r"\(?i\)x", "(i)x", True),
    (r"(?<name>a)\z", "a", True),
    (r"a\z", "a\n", False),
    (r"a\Z", "a\n", True),
    (r"a\\z", "a\\z", True),
    ("a{1500}", "a" * 1500, True),
    ("^a{1500}$", "a" * 1499, False),
    ("^a{2,2500}$", "a" * 2501, False),
    ("^.{1001,}$", "é" * 1001, True),
    ("^.{1001,}$", "é" * 1000, False),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), SPELLINGS)
def test_the_common_spelling_is_understood(pattern: str, text: str, expected: bool) -> None:
    written: Any = python_regex(pattern)
    check_expression(written, "")
    assert expression_matches(written, "", text) is expected
