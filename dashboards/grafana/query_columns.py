"""The columns that a query of ours returns, read from its text."""

import re
from typing import Final

from dashboards.grafana.specs import localise
from dashboards.words import Language

_ALIAS: Final = re.compile(r"(?:\bAS\s+)?(\w+)\s*$", re.IGNORECASE)


def column_names(query: str, language: Language) -> tuple[str, ...]:
    """Names of the outermost SELECT's columns, in order; ValueError where one has none.

    Each is a bare column or ends in `AS name`. A WITH clause before it is skipped.
    """
    items = _items(_outer_select(localise(query, language)))
    names = []
    for item in items:
        found = _ALIAS.search(item)
        if found is None or ("(" in item and not re.search(r"\bAS\s+\w+\s*$", item, re.I)):
            raise ValueError(f"a column without a name: {item.strip()!r}; add AS name")
        names.append(found.group(1))
    return tuple(names)


def _outer_select(sql: str) -> str:
    """What stands between the outermost SELECT and its FROM."""
    start = _find_word(sql, "SELECT", 0)
    end = _find_word(sql, "FROM", start + 6)
    return sql[start + 6 : end]


def _find_word(sql: str, word: str, start: int) -> int:
    depth = 0
    for match in re.finditer(rf"[()]|\b{word}\b", sql[start:]):
        found = match.group()
        if found == "(":
            depth += 1
        elif found == ")":
            depth -= 1
        elif depth == 0:
            return start + match.start()
    return len(sql)


def _items(text: str) -> list[str]:
    items, depth, begin = [], 0, 0
    for index, character in enumerate(text):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            items.append(text[begin:index])
            begin = index + 1
    return [*items, text[begin:]]
