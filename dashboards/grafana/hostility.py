"""Whether a variable's value can become SQL: hostile values are tried in every query.

A query must answer a hostile value as it answers one that nothing is called.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

import msgspec

from dashboards.grafana.macros import VARIABLE, MacroFault, Selection, expand
from dashboards.grafana.variables import FORMAT

Ask: TypeAlias = Callable[[str], Sequence[dict[str, object]]]

UNKNOWN: Final = "nothing_is_called_so"
HOSTILE: Final = (
    "' OR 1 = 1 -- ",
    "!' UNION ALL SELECT 424242 -- ",
    "\\' OR 1 = 1 -- ",
    "\\",
    '`" OR 1 = 1 -- ',
    "$__fromTime()) OR (1 = 1",
)
"""A way out of each kind of quotes, and of none."""
ATTEMPTS: Final = 3
"""A clock may tick between two answers that are the same otherwise."""
_CODE: Final = re.compile(r"Code: \d+")


def hostility_faults(
    sql: str, selection: Selection, ask: Ask, refusal: type[Exception]
) -> Iterator[str]:
    """Variables that a query takes in another way than `variables.py` has, and hostile values
    that it answers otherwise than an unknown one."""
    names = {match[1] for match in VARIABLE.finditer(sql)}
    for match in VARIABLE.finditer(sql):
        if match[2] != FORMAT:
            yield f"takes {match[0]} as SQL: write it as dashboards/grafana/variables.py does"
    if not names:
        return

    def outcome(value: str) -> object:
        return _outcome(sql, _with(selection, names, value), ask, refusal)

    unknown = outcome(UNKNOWN)
    for value in HOSTILE:
        if outcome(value) == unknown:
            continue
        if all(outcome(UNKNOWN) != outcome(value) for _ in range(ATTEMPTS)):
            yield f"answers differently where {', '.join(sorted(names))} is {value!r}"


def _with(selection: Selection, names: set[str], value: str) -> Selection:
    return msgspec.structs.replace(
        selection,
        variables={**selection.variables, **dict.fromkeys(names, (value,))},
        everything=selection.everything - names,
    )


def _outcome(sql: str, selection: Selection, ask: Ask, refusal: type[Exception]) -> object:
    """The rows, or the kind of fault: an unknown database is one, a broken statement another."""
    try:
        return ask(expand(sql, selection))
    except MacroFault as fault:
        return str(fault)
    except refusal as fault:
        found = _CODE.search(str(fault))
        return found[0] if found else str(fault)
