"""Regular expressions that no value can stop: searched by RE2, in time linear in the value.

Rule 1: an expression is read by this language's own parser and written again for RE2, class
by class, so that letters, digits, white space and case beyond ASCII mean what they mean in
`re`. Only `\\b` looks at ASCII letters alone in a value that holds others, as in PCRE.
Rule 2: each expression has two programs: one for values of ASCII letters, small and quick,
one for all others. They differ in nothing that can occur.
Rule 3: what has no search in linear time (look-around, back references, atomic groups,
possessive repetition) is a fault of the rule at load, never a weaker match.
"""

import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]  # no public parser of them
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import re2

from pipeline.sigma.reading.yaml_text import RuleError

BYTE, UNICODE = 0xFF, 0x10FFFF
"""The greatest letter that each of the two programs knows."""
MEMORY_BYTES = (1 << 18, 1 << 20, 1 << 22)
"""What RE2 may take for one program and its states: the first in which it fits."""
COUNT_LIMIT = 1000
"""RE2's greatest count of a repetition; greater ones are written as several."""
LONGEST = 10_000
LONGEST_WRITTEN = 400_000
"""Letters of an expression, as its author wrote it and as it is written for RE2."""
LETTERS_WITH_CASE = 0x20000
"""No script from here on tells upper from lower case (Unicode 14 to 16)."""

FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
_CATEGORIES = {
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W",
}
_PLACES = {
    codes.AT_BEGINNING_STRING: r"\A",
    codes.AT_END_STRING: r"\z",
    codes.AT_BOUNDARY: r"\b",
    codes.AT_NON_BOUNDARY: r"\B",
}
_REFUSED = {
    codes.ASSERT: "look-around",
    codes.ASSERT_NOT: "look-around",
    codes.GROUPREF: "a back reference",
    codes.GROUPREF_EXISTS: "a conditional group",
    codes.ATOMIC_GROUP: "an atomic group",
    codes.POSSESSIVE_REPEAT: "possessive repetition",
}
_REFUSED_REMEDY = (
    "it has no bound in time: write plain groups, and what must not be there as a selection "
    "of its own with `and not`"
)
_LAST_REMEDY = "let $ end the expression or an alternative of it, or add the modifier m"
_SIZE_REMEDY = "use smaller counts, or split it over several values"

Ranges = list[tuple[int, int]]
Item = tuple[Any, Any]


def check_expression(pattern: str, flags: str) -> None:
    """Raises RuleError where the expression cannot be read, or not be searched in linear time."""
    if len(pattern) > LONGEST:
        raise RuleError((), f"an expression of more than {LONGEST} letters", _SIZE_REMEDY)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for greatest in (BYTE, UNICODE):
                _compiled(pattern, flags, greatest)
    except RecursionError:
        raise RuleError((), "an expression nested too deeply", "use fewer groups") from None
    except (re.error, Warning, OverflowError) as error:
        raise RuleError((), f"not a regular expression: {error}", "correct it") from None


def expression_matches(pattern: str, flags: str, text: str) -> bool:
    """Whether the expression is found anywhere in `text`."""
    if text.isascii():
        return _program(pattern, flags, BYTE).search(text.encode()) is not None
    return _program(pattern, flags, UNICODE).search(text.encode("utf-8", "replace")) is not None


@lru_cache(maxsize=8192)
def _program(pattern: str, flags: str, greatest: int) -> Any:
    return _compiled(pattern, flags, greatest)


def _compiled(pattern: str, flags: str, greatest: int) -> Any:
    written = _Writer(greatest).whole(pattern, sum(FLAGS[letter] for letter in flags))
    for bytes_allowed in MEMORY_BYTES:
        options = re2.Options()
        options.max_mem = bytes_allowed
        options.log_errors = False
        if greatest == BYTE:
            options.encoding = re2.Options.Encoding.LATIN1
        try:
            return re2.compile(written.encode(), options)
        except re2.error as error:
            problem = error
    raise RuleError((), f"too large an expression: {problem}", _SIZE_REMEDY)


class _Writer:
    """An expression as this language's parser gives it, in RE2's spelling."""

    def __init__(self, greatest: int) -> None:
        self.greatest = greatest
        self.writers: dict[Any, Callable[[Any, int, bool], str]] = {
            codes.LITERAL: lambda letter, flags, _: self.letters([(codes.LITERAL, letter)], flags),
            codes.NOT_LITERAL: lambda letter, flags, _: self.letters(
                [(codes.NEGATE, None), (codes.LITERAL, letter)], flags
            ),
            codes.IN: lambda items, flags, _: self.letters(items, flags),
            codes.ANY: lambda _, flags, __: "(?s:.)" if flags & re.DOTALL else "[^\\n]",
            codes.AT: self.place,
            codes.BRANCH: self.branch,
            codes.SUBPATTERN: self.group,
            codes.MAX_REPEAT: self.repetition,
            codes.MIN_REPEAT: self.repetition,
        }

    def whole(self, pattern: str, flags: int) -> str:
        parsed = parser.parse(pattern, flags)
        return self.sequence(parsed, parsed.state.flags, True)

    def sequence(self, items: Iterable[Item], flags: int, is_last: bool) -> str:
        """`is_last`: nothing follows in the whole expression."""
        if flags & re.ASCII:
            raise RuleError((), "the flag a is not known", "write the class out: [0-9A-Za-z_]")
        listed = list(items)
        end = len(listed) - 1
        return "".join(
            self.part(code, argument, flags, is_last and index == end)
            for index, (code, argument) in enumerate(listed)
        )

    def part(self, code: Any, argument: Any, flags: int, is_last: bool) -> str:
        if code not in self.writers:
            problem = f"{_REFUSED.get(code, str(code).lower())} in a regular expression"
            raise RuleError((), problem, _REFUSED_REMEDY)
        return self.writers[code](argument, flags, is_last)

    def letters(self, items: Sequence[Item], flags: int) -> str:
        ignores_case = bool(flags & re.IGNORECASE)
        ranges = [each for item in items for each in _ranges(*item, ignores_case, self.greatest)]
        known = [(low, min(high, self.greatest)) for low, high in ranges if low <= self.greatest]
        is_negated = items[0][0] is codes.NEGATE
        inside = "".join(f"\\x{{{low:x}}}-\\x{{{high:x}}}" for low, high in known)
        if not inside:
            return "(?s:.)" if is_negated else f"[^\\x00-\\x{{{self.greatest:x}}}]"
        return f"[{'^' if is_negated else ''}{inside}]"

    def place(self, code: Any, flags: int, is_last: bool) -> str:
        if code is codes.AT_BEGINNING:
            return "(?m:^)" if flags & re.MULTILINE else r"\A"
        if code is not codes.AT_END:
            return _PLACES[code]
        if flags & re.MULTILINE:
            return "(?m:$)"
        if not is_last:
            raise RuleError((), "a $ with more of the expression behind it", _LAST_REMEDY)
        return r"\n?\z"

    def branch(self, argument: Any, flags: int, is_last: bool) -> str:
        return f"(?:{'|'.join(self.sequence(each, flags, is_last) for each in argument[1])})"

    def group(self, argument: Any, flags: int, is_last: bool) -> str:
        _, added, removed, items = argument
        return f"(?:{self.sequence(items, (flags | added) & ~removed, is_last)})"

    def repetition(self, argument: Any, flags: int, is_last: bool) -> str:
        """Greedy or not, it is found in the same values."""
        low, high, items = argument
        inner = self.sequence(items, flags, is_last and high == 1)
        open_end = high == codes.MAXREPEAT
        counts = _counts(low, "{%d}")
        counts += ["*"] if open_end else _counts(high - low, "{0,%d}")
        if len(counts) * len(inner) > LONGEST_WRITTEN:
            raise RuleError((), "repetitions that multiply", _SIZE_REMEDY)
        return "".join(f"(?:{inner}){count}" for count in counts)


def _counts(total: int, written: str) -> list[str]:
    """`total` as counts that RE2 takes."""
    whole, rest = divmod(total, COUNT_LIMIT)
    if whole > LONGEST_WRITTEN // COUNT_LIMIT:
        raise RuleError((), f"a repetition of {total} times", _SIZE_REMEDY)
    return [written % COUNT_LIMIT] * whole + ([written % rest] if rest else [])


def _ranges(code: Any, argument: Any, ignores_case: bool, greatest: int) -> Ranges:
    """The letters that one item of a class stands for; those above `greatest` do not matter."""
    if code is codes.NEGATE:
        return []
    if code is codes.CATEGORY:
        return _category(_CATEGORIES[argument], greatest)
    low, high = (argument, argument) if code is codes.LITERAL else argument
    return [(low, high), *(_other_cases(low, high, greatest) if ignores_case else [])]


@lru_cache(maxsize=2 * len(_CATEGORIES))
def _category(written: str, greatest: int) -> Ranges:
    found = re.finditer(written + "+", _every(greatest))
    return [(match.start(), match.end() - 1) for match in found]


@lru_cache(maxsize=4096)
def _other_cases(low: int, high: int, greatest: int) -> Ranges:
    letters = f"[\\U{low:08x}-\\U{high:08x}]"
    found = re.findall(letters, _with_case(greatest), re.IGNORECASE)
    return [(ord(letter), ord(letter)) for letter in found if not low <= ord(letter) <= high]


@lru_cache(maxsize=2)
def _every(greatest: int) -> str:
    return "".join(map(chr, range(greatest + 1)))


@lru_cache(maxsize=2)
def _with_case(greatest: int) -> str:
    letters = _every(greatest)[:LETTERS_WITH_CASE]
    return "".join(each for each in letters if each.lower() != each or each.upper() != each)
