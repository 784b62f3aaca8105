"""Unified social credit codes and industries: each fault is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.credit_code import ALPHABET, LENGTH, check_character, credit_code_problem
from schemas.industries import industry_problem

BODIES = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)


def reference_check(body: str) -> str:
    """As the standard writes it: C18 = 31 - MOD(Σ Ci × Wi, 31), weights from its table 4."""
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
    values = {character: value for value, character in enumerate(ALPHABET)}
    rest = 31 - sum(values[character] * weights[place] for place, character in enumerate(body)) % 31
    return ALPHABET[0 if rest == 31 else rest]


@given(BODIES)
def test_laws_the_check_character_is_the_standards(body: str) -> None:
    assert check_character(body) == reference_check(body)
    assert credit_code_problem(body + reference_check(body)) == ""


@given(BODIES, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_laws_one_wrong_character_is_found(body: str, place: int, other: str) -> None:
    code = body + check_character(body)
    changed = code[:place] + other + code[place + 1 :]
    assert (credit_code_problem(changed) == "") == (changed == code)


@given(BODIES, st.integers(0, LENGTH - 2))
def test_laws_two_neighbours_that_changed_places_are_found(body: str, place: int) -> None:
    code = body + check_character(body)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (credit_code_problem(swapped) == "") == (swapped == code)


@pytest.mark.parametrize(
    "code", ["91110000802100433B", "914403001922038216", "91330100799655058B", "91440300708461136T"]
)
def test_codes_that_were_issued_are_sound(code: str) -> None:
    assert credit_code_problem(code) == ""


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("", "has 0 characters instead of 18"),
        ("91110000802100433", "has 17 characters instead of 18"),
        ("9111000080210O433B", "has 'O' in place 14, where the standard has no such character"),
        ("91110000802100433b", "has 'b' in place 18, where the standard has no such character"),
        ("91110000802100433C", "ends in C, where the check character of the others is B"),
    ],
)
def test_each_fault_is_named(code: str, problem: str) -> None:
    assert credit_code_problem(code) == problem


@pytest.mark.parametrize("code", ["C31", "31", "C3110", "311", "I6510", "T97", "A01"])
def test_codes_of_industries_are_taken_with_and_without_their_section(code: str) -> None:
    assert industry_problem(code) == ""


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("C", "is not a letter and two to four digits"),
        ("C31100", "is not a letter and two to four digits"),
        ("c31", "is not a letter and two to four digits"),
        ("C98", "has a division 98, which there is not"),
        ("00", "has a division 00, which there is not"),
        ("C65", "has a division 65, which is not one of section C"),
        ("U31", "has a division 31, which is not one of section U"),
    ],
)
def test_an_industry_that_there_is_not_is_named(code: str, problem: str) -> None:
    assert industry_problem(code) == problem
