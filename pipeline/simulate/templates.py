"""Event templates: literal JSON values with places to fill in.

Rule 1. `<name>` inside a text is replaced by what the binding of that name gives.
Rule 2. A text that is one place and nothing else becomes the value itself, number or not.
Rule 3. `<low:high>` is a whole number drawn from low to high, both included.
Rule 4. A name that has no binding is an error when the template is filled, not an empty text.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

Bindings: TypeAlias = Callable[[str], object]
"""Name of a place to its value; raises KeyError for a name it does not know."""

Template: TypeAlias = Callable[[Bindings], Any]
Fields: TypeAlias = Mapping[str, Any]

_PLACE: Final = re.compile(r"<([a-z][a-z0-9_]*|\d+:\d+)>")


def compile_template(value: object) -> Template:
    """A literal JSON value as a function of bindings; constant parts are shared, not copied."""
    if isinstance(value, str):
        return _compile_text(value)
    if isinstance(value, Mapping):
        parts = [(str(key), compile_template(part)) for key, part in value.items()]
        return lambda bindings: {key: part(bindings) for key, part in parts}
    if isinstance(value, list | tuple):
        items = [compile_template(item) for item in value]
        return lambda bindings: [item(bindings) for item in items]
    return lambda bindings: value


def _compile_text(text: str) -> Template:
    pieces = _PLACE.split(text)
    if len(pieces) == 1:
        return lambda bindings: text
    if len(pieces) == 3 and not pieces[0] and not pieces[2]:
        name = pieces[1]
        return lambda bindings: bindings(name)
    return lambda bindings: "".join(
        str(bindings(piece)) if place else piece
        for place, piece in ((index % 2, piece) for index, piece in enumerate(pieces))
    )


def merge(base: Fields, over: Fields) -> dict[str, Any]:
    """`over` laid upon `base`, mappings merged at every depth."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        merged[key] = merge(below, value) if both else value  # type: ignore[arg-type]
    return merged
