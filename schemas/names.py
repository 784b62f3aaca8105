"""What names may look like that come from outside: they end up in keys, rows, pages and queries."""

import re

NAME_MAX = 128
"""Characters of an id at most."""
NAME_RULE = f"1 to {NAME_MAX} letters, digits and . _ : @ + = / -"
"""`is_name` in words, for remedies."""

_NAME = re.compile(rf"[\w.:@+=/-]{{1,{NAME_MAX}}}")


def is_name(text: str) -> bool:
    """Whether a text can be an id: of an enterprise, a key, a batch, a stream, a drill."""
    return _NAME.fullmatch(text) is not None
