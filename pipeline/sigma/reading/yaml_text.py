"""YAML text to plain values, with the line of everything in it.

Rule 1: a scalar without quotes is a number, a boolean or null only where its text is
that value's own spelling (`5`, `1.5`, `true`, `null`); everything else (`0x17`, `010`,
`1.10`, `2025-01-01`, `yes`) stays the text that its author wrote.
Rule 2: nothing is dropped: a key that occurs twice is a fault, not the last one's win.
Rule 3: what is nested too deeply is refused before libyaml builds it, which it does by
recursion in C, without a guard.
Rule 4: aliases are expanded up to `NODE_LIMIT` nodes a document, so that a few lines
cannot become gigabytes.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec
import yaml

NODE_LIMIT = 100_000
DEPTH_LIMIT = 100

Path = tuple[str | int, ...]
"""Keys and positions from the document's root to a value."""


class RuleError(Exception):
    """A fault of a rule's author at `path`; `parse.py` turns it into a `RuleFault`."""

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.path = path
        self.problem = problem
        self.remedy = remedy


class Document(msgspec.Struct, frozen=True):
    """One YAML document: its value as dicts, lists and scalars, and where each part stood."""

    value: object
    node: yaml.Node | None
    line: int

    def line_of(self, path: Path) -> int:
        """1-based line of the deepest part of `path` that exists."""
        node, line = self.node, self.line
        for step in path:
            node = _child(node, step)
            if node is None:
                break
            line = node.start_mark.line + 1
        return line


_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_PLAIN_TAGS = {
    "tag:yaml.org,2002:" + name
    for name in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp")
}


def read_documents(text: str) -> Iterator[Document | RuleError]:
    """Every document of a file; an error of the text itself ends the file.

    A `RuleError` from here carries `(line,)` as its path, because there is no document
    to hold it against.
    """
    too_deep = _too_deep(text) if _may_be_deep(text) else None
    if too_deep is not None:
        yield too_deep
        return
    loader = yaml.CBaseLoader(text)
    try:
        while loader.check_node():
            yield _document(loader.get_node())
    except yaml.YAMLError as error:
        yield _text_error(error)
    except RecursionError:
        yield RuleError((1,), "nested too deeply", "write the document with less nesting")
    finally:
        loader.dispose()


def _may_be_deep(text: str) -> bool:
    """Whether brackets, dashes and question marks, or indentation, suffice for the limit."""
    openings = sum(text.count(each) for each in ("[", "{", "- ", "-\n", "? ", "?\n"))
    return openings > DEPTH_LIMIT or len(text) > DEPTH_LIMIT**2


def _too_deep(text: str) -> RuleError | None:
    """The place where nesting passes the limit. Other faults of the text are left to come."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > DEPTH_LIMIT:
                line = event.start_mark.line + 1 if event.start_mark else 1
                return RuleError((line,), "nested too deeply", "write the document flatter")
    except yaml.YAMLError:
        return None
    return None


def _document(node: yaml.Node | None) -> Document | RuleError:
    if node is None:
        return Document(None, None, 1)
    try:
        return Document(_Values().value(node), node, node.start_mark.line + 1)
    except RuleError as error:
        return error


def _text_error(error: yaml.YAMLError) -> RuleError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    line = mark.line + 1 if mark else 1
    return RuleError((line,), f"not YAML: {problem}", "correct the YAML at this line")


class _Values:
    """One document's nodes as values; counts them, so that aliases cannot explode."""

    def __init__(self) -> None:
        self.count = 0

    def value(self, node: yaml.Node) -> object:
        self.count += 1
        if self.count > NODE_LIMIT:
            raise RuleError(_place(node), f"more than {NODE_LIMIT} values", "split the document")
        # Others (`!!binary`, `!!set`) would be read as something that their author did not write.
        if node.tag not in _PLAIN_TAGS:
            raise RuleError(_place(node), f"unknown tag {node.tag}", "remove the tag")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each) for each in node.value]
        return self.mapping(node)

    def mapping(self, node: yaml.Node) -> dict[str, object]:
        values: dict[str, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise RuleError(_place(key_node), "a key must be text", "write the key as one word")
            key = key_node.value
            # YAML 1.2 knows no merging: as a key of its own it would silently leave out what it
            # was to bring in.
            if key == "<<" and not key_node.style:
                raise RuleError(
                    _place(key_node), "merge keys (<<) are not read", "write the merged keys out"
                )
            if key in values:
                raise RuleError(
                    _place(key_node), f"key '{key}' occurs twice", "keep one, or make it a list"
                )
            values[key] = self.value(value_node)
        return values


def _place(node: yaml.Node) -> Path:
    return (node.start_mark.line + 1,)


def _scalar(node: yaml.ScalarNode) -> object:
    text: str = node.value
    if node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text) and text != "-0":
        return int(text)
    if _DECIMAL.match(text) and repr(float(text)) == text:
        return float(text)
    return text


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        items: Sequence[yaml.Node] = node.value
        return items[step] if step < len(items) else None
    return None
