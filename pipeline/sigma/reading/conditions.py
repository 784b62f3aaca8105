"""The condition of a detection: text to a tree over search identifiers.

Grammar (weakest first): or, and, not, `(1|any|all) of (them|pattern)`, parentheses.
`them` and patterns do not see identifiers that start with `_`. Words of the grammar are
read in any case, unless an identifier has that very name.
"""

import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

from pipeline.sigma.reading.yaml_text import RuleError
from pipeline.sigma.trees import Tree, all_of, any_of, leaves, negation

_TOKEN = re.compile(r"\s*([()|]|[^\s()|]+)")
_IDENTIFIER = re.compile(r"[\w.*?-]+\Z")
_DEPTH_LIMIT = 100
SIZE_LIMIT = 100_000
"""Tests that a condition may name in all, each as often as it names it."""
_GRAMMAR = frozenset({"and", "or", "not", "of", "(", ")", "|"})
PIPE_REMEDY = (
    "write a correlation document: correlation: {type: event_count, rules: [this rule's name], "
    "group-by: [field], timespan: 5m, condition: {gte: 10}}"
)
_QUANTIFIERS: dict[str, Callable[[list[Tree]], Tree]] = {
    "1": any_of,
    "any": any_of,
    "all": all_of,
}


def condition_tree(text: str, identifiers: Mapping[str, Tree]) -> Tree:
    """Raises RuleError (path relative to the condition: empty) where it cannot be honoured."""
    tokens = _TOKEN.findall(text)
    if "|" in tokens:
        raise RuleError((), "aggregations after | are obsolete", PIPE_REMEDY)
    if not tokens:
        raise RuleError((), "an empty condition", "write condition: selection")
    reader = _Reader(tokens, identifiers)
    tree = reader.disjunction()
    if reader.position < len(tokens):
        raise RuleError((), f"'{reader.word()}' is not expected here", "join terms with and, or")
    return tree


class _Reader:
    """Recursive descent, one method for each level of the grammar."""

    def __init__(self, tokens: list[str], identifiers: Mapping[str, Tree]) -> None:
        self.tokens = tokens
        self.identifiers = identifiers
        self.position = 0
        self.depth = 0
        self.size = 0
        self.sizes: dict[str, int] = {}

    def named(self, name: str) -> Tree:
        """The tree of an identifier; counts what naming it costs."""
        if name not in self.sizes:
            self.sizes[name] = sum(len(leaf.tests) or 1 for leaf in leaves(self.identifiers[name]))
        self.size += self.sizes[name]
        if self.size > SIZE_LIMIT:
            problem = f"the condition names more than {SIZE_LIMIT} values"
            raise RuleError((), problem, "name each identifier once, or split the rule")
        return self.identifiers[name]

    def word(self) -> str:
        if self.position < len(self.tokens):
            return self.tokens[self.position]
        raise RuleError((), "the condition ends too early", "complete it, or close the parenthesis")

    def takes(self, keyword: str) -> bool:
        """Step over `keyword` if it is next."""
        if self.position >= len(self.tokens) or self.word() in self.identifiers:
            return False
        if self.word().lower() != keyword:
            return False
        self.position += 1
        return True

    def disjunction(self) -> Tree:
        operands = [self.conjunction()]
        while self.takes("or"):
            operands.append(self.conjunction())
        return any_of(operands)

    def conjunction(self) -> Tree:
        operands = [self.negated()]
        while self.takes("and"):
            operands.append(self.negated())
        return all_of(operands)

    def negated(self) -> Tree:
        self.depth += 1
        if self.depth > _DEPTH_LIMIT:
            raise RuleError((), "nested too deeply", "split the condition over identifiers")
        tree = negation(self.negated()) if self.takes("not") else self.operand()
        self.depth -= 1
        return tree

    def operand(self) -> Tree:
        if self.takes("("):
            tree = self.disjunction()
            if not self.takes(")"):
                raise RuleError((), "a parenthesis is not closed", "add )")
            return tree
        word = self.word()
        following = self.tokens[self.position + 1 : self.position + 2]
        if following and following[0].lower() == "of" and "of" not in self.identifiers:
            return self.quantified()
        if word in self.identifiers:
            self.position += 1
            return self.named(word)
        if word.lower() in _GRAMMAR:
            raise RuleError((), f"'{word}' is not expected here", "put an identifier there")
        raise RuleError((), f"no search identifier '{word}'", f"define {word} under detection")

    def quantified(self) -> Tree:
        quantifier = self.word().lower()
        if quantifier not in _QUANTIFIERS:
            raise RuleError((), f"'{quantifier} of' is not Sigma", "write 1 of, any of or all of")
        self.position += 2
        pattern = self.word()
        self.position += 1
        return _QUANTIFIERS[quantifier](self.selected(pattern))

    def selected(self, pattern: str) -> list[Tree]:
        wanted = "*" if pattern.lower() == "them" and "them" not in self.identifiers else pattern
        if not _IDENTIFIER.match(wanted) or "?" in wanted:
            raise RuleError((), f"'{pattern}' is not a pattern", "write a name with *")
        chosen = [
            self.named(name)
            for name in self.identifiers
            if fnmatchcase(name, wanted) and (name == wanted or not name.startswith("_"))
        ]
        if not chosen:
            raise RuleError((), f"no search identifier fits '{pattern}'", "define one, or mend it")
        return chosen
