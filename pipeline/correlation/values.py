"""Fields of events as correlation reads them: group-by values, counted values, numbers.

Values compare as Sigma compares them: text in any case, numbers as text or number alike.
"""

from collections.abc import Mapping
from math import isfinite

import msgspec

from pipeline.sigma.matching.values import members, read_field
from pipeline.sigma.predicates import number_of, text_of

GREATEST_NUMBER = 1e290
"""Far beyond any measure, and a group's sum of such numbers is still a number."""

_SEPARATOR = "\x1f"


def comparable_text(value: object) -> str | None:
    """The value as it is compared: folded text; a list is one value, its members in order.
    None for missing, null, and for objects."""
    if value.__class__ is str:
        return value.casefold()
    texts = [text for each in members(value) if (text := text_of(each)) is not None]
    return _SEPARATOR.join(texts).casefold() if texts else None


def read_texts(fields: Mapping[str, object], names: tuple[str, ...]) -> list[str] | None:
    """The comparable texts of all `names`, or None when one is missing."""
    texts = []
    for name in names:
        text = comparable_text(read_field(fields, name))
        if text is None:
            return None
        texts.append(text)
    return texts


def joined(texts: list[str]) -> str:
    """Several texts as one, such that different lists never give the same text."""
    return texts[0] if len(texts) == 1 else msgspec.json.encode(texts).decode()


def group_key(texts: list[str]) -> str:
    """A group's key in the state: a JSON list."""
    return msgspec.json.encode(texts).decode()


def texts_of_key(key: str) -> list[str]:
    """The group-by values that `group_key` was made from."""
    return msgspec.json.decode(key, type=list[str])


def read_number(value: object) -> float | None:
    """A number, or text that is a decimal number; None for anything else, not finite included."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    read = number_of(value)
    if read is None or abs(read) > GREATEST_NUMBER:
        return None
    number = float(read)
    return number if isfinite(number) else None
