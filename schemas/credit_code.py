"""Unified social credit codes 统一社会信用代码, as GB 32100-2015 makes them."""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Its 31 characters: I, O, S, V and Z are left out, being read for others."""
LENGTH: Final = 18
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(LENGTH - 1))


def check_character(body: str) -> str:
    """The 18th character, of the 17 before it; raises ValueError for one that is not allowed."""
    total = sum(
        ALPHABET.index(character) * weight for character, weight in zip(body, _WEIGHTS, strict=True)
    )
    return ALPHABET[-total % 31]


def credit_code_problem(code: str) -> str:
    """What is wrong with the code, "" for nothing: its length, a character, the check."""
    if len(code) != LENGTH:
        return f"has {len(code)} characters instead of {LENGTH}"
    for place, character in enumerate(code, 1):
        if character not in ALPHABET:
            return f"has {character!r} in place {place}, where the standard has no such character"
    expected = check_character(code[:-1])
    if code[-1] != expected:
        return f"ends in {code[-1]}, where the check character of the others is {expected}"
    return ""
