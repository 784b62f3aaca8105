"""What a rule file says, as values: rule, correlation, filter, fault.

Every kind of document of the Sigma specification 2.1 becomes exactly one of the
three structs below or one or more `RuleFault`s; nothing is read twice and nothing
is silently weakened. Parsing lives in `parse.py`, meaning in `matching/compile.py`
(single events) and in `pipeline/correlation/` (windows).
"""

from typing import Literal

import msgspec

Level = Literal["informational", "low", "medium", "high", "critical"]
Status = Literal["stable", "test", "experimental", "deprecated", "unsupported"]

LEVELS: tuple[Level, ...] = ("informational", "low", "medium", "high", "critical")


class RuleFault(msgspec.Struct, frozen=True, order=True):
    """One thing wrong with one rule document: the author's to mend.

    `line` is 1-based in `file`; `field` is the dotted path inside the document
    (`detection.selection.CommandLine|re`), empty for the document as a whole.
    """

    file: str
    line: int
    field: str
    problem: str
    remedy: str
    title: str = ""


class LogSource(msgspec.Struct, frozen=True, order=True):
    """Sigma `logsource`, lower case; a key that is not set ("") does not restrict."""

    category: str = ""
    product: str = ""
    service: str = ""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The metadata that every kind of document shares."""

    rule_id: str
    """The document's `id`; where it has none, a UUID derived from its content."""
    name: str = ""
    title: str
    title_zh: str = ""
    """Fenghuo's own key `fenghuo.title_zh`: the title in Chinese, or ""."""
    level: Level | None = None
    status: Status | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    falsepositives: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    scenario: str = ""
    """Fenghuo's own key `fenghuo.scenario`: a key of the scenario table, or ""."""
    entities: tuple[str, ...] = ()
    """Fenghuo's own key `fenghuo.entities`: fields whose values link detections."""
    file: str = ""
    line: int = 1


class SigmaRule(msgspec.Struct, frozen=True, kw_only=True):
    """A detection rule on single events. `detection` is the parsed YAML, conditions included."""

    head: Head
    logsource: LogSource
    detection: dict[str, object]
    condition: tuple[str, ...]


class SigmaFilter(msgspec.Struct, frozen=True, kw_only=True):
    """A filter document: its condition is ANDed, as written, to each rule it names."""

    head: Head
    logsource: LogSource
    rules: tuple[str, ...] | Literal["any"]
    detection: dict[str, object]
    condition: str


CorrelationType = Literal[
    "event_count",
    "value_count",
    "temporal",
    "temporal_ordered",
    "value_sum",
    "value_avg",
    "value_percentile",
]
Operator = Literal["gt", "gte", "lt", "lte", "eq", "neq"]


class Threshold(msgspec.Struct, frozen=True):
    """One comparison of a correlation condition; several are ANDed."""

    operator: Operator
    bound: float


class RuleName(msgspec.Struct, frozen=True, tag="rule"):
    """Leaf of an extended condition: the rule, by its resolved `rule_id`."""

    rule_id: str


class Not(msgspec.Struct, frozen=True, tag="not"):
    operand: "Expression"


class And(msgspec.Struct, frozen=True, tag="and"):
    operands: tuple["Expression", ...]


class Or(msgspec.Struct, frozen=True, tag="or"):
    operands: tuple["Expression", ...]


Expression = RuleName | Not | And | Or
"""An extended (specification 2.2 draft) condition of a temporal correlation."""


class Alias(msgspec.Struct, frozen=True):
    """`aliases`: the group-by key `name` is read from `sources[rule_id]` of that rule's events."""

    name: str
    sources: dict[str, str]


class SigmaCorrelation(msgspec.Struct, frozen=True, kw_only=True):
    """A correlation document; every reference is resolved to a `rule_id`, names included."""

    head: Head
    type: CorrelationType
    rules: tuple[str, ...]
    group_by: tuple[str, ...] = ()
    timespan_s: int
    thresholds: tuple[Threshold, ...] = ()
    """For event_count and value_*; empty for the temporal types."""
    expression: Expression | None = None
    """For the temporal types; None means all of `rules`."""
    value_fields: tuple[str, ...] = ()
    percentile: int = 50
    aliases: tuple[Alias, ...] = ()
    generate: bool = False
