"""PCRE's spelling of a regular expression, in this language's.

The specification allows a small common subset; rules in the wild also use flags in the
middle, `\\z` and names without `P`. What means the same is rewritten; the rest is left
for the compiler to refuse.
"""

import re

_FLAG_GROUP = re.compile(r"\(\?([ims]+)\)")
_NAME = re.compile(r"\(\?<(?=[A-Za-z_])")


def python_regex(pattern: str) -> str:
    """Flags that stand alone apply from there to the end of their group (as PCRE has it)."""
    text = _NAME.sub("(?P<", pattern)
    text = re.sub(r"(?<!\\)((?:\\\\)*)\\z", r"\1\\Z", text)
    return _scoped_flags(text)


def _scoped_flags(text: str) -> str:
    """`a(?i)b` becomes `a(?i:b)`; at the very start this language takes it as it is."""
    match = _FLAG_GROUP.search(text, 1)
    if match is None or _is_escaped(text, match.start()):
        return text
    end = _group_end(text, match.end())
    inner = _scoped_flags(text[match.end() : end])
    return f"{text[: match.start()]}(?{match[1]}:{inner}){text[end:]}"


def _is_escaped(text: str, position: int) -> bool:
    before = text[:position]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _group_end(text: str, start: int) -> int:
    """Where the group that holds `start` closes, or the end of the text."""
    depth, position, in_class = 0, start, False
    while position < len(text):
        letter = text[position]
        if letter == "\\":
            position += 1
        elif in_class:
            in_class = letter != "]"
        elif letter == "[":
            in_class = True
        elif letter == "(":
            depth += 1
        elif letter == ")":
            if depth == 0:
                return position
            depth -= 1
        position += 1
    return len(text)
