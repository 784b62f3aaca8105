"""Rule files to documents: text in, values and every fault out.

Rule 1: a document becomes exactly one rule, filter or correlation, or faults; never both.
Rule 2: a fault in one document never stops another.
Rule 3: the order of the files changes nothing: they are read in the order of their names.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

import msgspec

from pipeline.sigma.reading.correlation_text import read_correlation
from pipeline.sigma.reading.detections import Detection, read_detection
from pipeline.sigma.reading.documents import (
    Head,
    RuleFault,
    SigmaCorrelation,
    SigmaFilter,
    SigmaRule,
)
from pipeline.sigma.reading.metadata import read_logsource, read_metadata
from pipeline.sigma.reading.references import directory, resolve_correlations, resolve_filter
from pipeline.sigma.reading.yaml_text import Document, RuleError, read_documents
from pipeline.sigma.trees import Tree

NO_PLACEHOLDERS: Mapping[str, Sequence[str]] = {}
KINDS = ("correlation", "filter", "detection")
KIND_REMEDY = "give it detection and logsource, or correlation, or filter"
LONGEST = 400
"""Letters of a problem: it may quote what the author wrote."""
ACTION_REMEDY = "write each document in full; global, reset and repeat are no longer Sigma"


class ParsedRules(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the files said. `trees` holds the meaning of each rule's and filter's
    detection by `rule_id`; `digests` the content of every document, sorted."""

    rules: tuple[SigmaRule, ...] = ()
    filters: tuple[SigmaFilter, ...] = ()
    correlations: tuple[SigmaCorrelation, ...] = ()
    faults: tuple[RuleFault, ...] = ()
    trees: dict[str, Tree] = {}
    digests: tuple[str, ...] = ()


def parse_rules(
    files: Iterable[tuple[str, str]], expand: Mapping[str, Sequence[str]] = NO_PLACEHOLDERS
) -> ParsedRules:
    """`files` are (file name, YAML text); `expand` gives the values of `%placeholders%`."""
    reading = _Reading(expand)
    for file, text in sorted(files):
        reading.file(file, text)
    return reading.result()


class _Reading:
    """What has been read so far; one instance for one call of `parse_rules`."""

    def __init__(self, expand: Mapping[str, Sequence[str]]) -> None:
        self.expand = expand
        self.rules: dict[str, SigmaRule] = {}
        self.filters: dict[str, SigmaFilter] = {}
        self.correlations: dict[str, SigmaCorrelation] = {}
        self.trees: dict[str, Tree] = {}
        self.faults: list[RuleFault] = []
        self.places: dict[str, tuple[Document, bytes]] = {}
        self.names: dict[str, str] = {}
        self.digests: set[str] = set()
        if expand:
            self.digests.add(_digest(_canonical({"expand": expand})))

    def file(self, file: str, text: str) -> None:
        for document in read_documents(text):
            if isinstance(document, RuleError):
                line = document.path[0]
                assert isinstance(line, int)
                fault = RuleFault(file, line, "", document.problem, document.remedy)
                self.faults.append(fault)
            elif document.value is not None:
                self.document(file, document)

    def document(self, file: str, document: Document) -> None:
        value = document.value
        if not isinstance(value, dict):
            self.fault(file, document, "", RuleError((), "not a map", KIND_REMEDY))
            return
        content = _canonical(value)
        faults: list[RuleError] = []
        head = read_metadata(value, content, file, document.line, faults)
        known = self.places.get(head.rule_id)
        if known is not None and known[1] == content:
            return
        self.digests.add(_digest(content))
        if known is not None:
            problem = f"id {head.rule_id} is another document's too"
            faults.append(RuleError(("id",), problem, "give each document an id of its own"))
        if head.name and self.names.setdefault(head.name, head.rule_id) != head.rule_id:
            problem = f"name '{head.name}' is another document's too"
            faults.append(RuleError(("name",), problem, "give each document its own name"))
        self.kind(value, head, faults)
        for fault in faults:
            self.fault(file, document, head.title, fault)
        if known is None:
            self.places[head.rule_id] = (document, content)

    def kind(self, value: dict[str, object], head: Head, faults: list[RuleError]) -> None:
        """Read the document as the kind it is, and keep it if it has no fault."""
        if "action" in value:
            faults.append(RuleError(("action",), "action is obsolete", ACTION_REMEDY))
        elif sum(kind in value for kind in KINDS) > 1:
            # Read as the first of them, what the others say would be left out.
            problem = "several kinds of Sigma document in one"
            faults.append(RuleError((), problem, "part them by a line of ---"))
        elif "correlation" in value:
            correlation = read_correlation(value, head, faults)
            if not faults:
                self.correlations[head.rule_id] = correlation
        elif "filter" in value:
            self.filter(value, head, faults)
        elif "detection" in value:
            self.rule(value, head, faults)
        else:
            faults.append(RuleError((), "no kind of Sigma document", KIND_REMEDY))

    def rule(self, value: dict[str, object], head: Head, faults: list[RuleError]) -> None:
        logsource = read_logsource(value, faults)
        section = value["detection"]
        detection = self.detection("detection", section, (), faults)
        if detection is None or not isinstance(section, dict) or faults:
            return
        self.trees[head.rule_id] = detection.tree
        self.rules[head.rule_id] = SigmaRule(
            head=head, logsource=logsource, detection=section, condition=detection.conditions
        )

    def filter(self, value: dict[str, object], head: Head, faults: list[RuleError]) -> None:
        logsource = read_logsource(value, faults)
        section = value["filter"]
        detection = self.detection("filter", section, ("rules",), faults)
        if detection is None or not isinstance(section, dict):
            return
        rules = section.get("rules")
        listed = rules if isinstance(rules, list) else [] if rules in (None, "any") else [rules]
        # Mandatory (specification, filters, "Relative rules"): left out by mistake, the filter
        # would silence every rule of its log source.
        if rules is None:
            faults.append(RuleError(("filter", "rules"), "no rules", "list ids or names, or any"))
        if any(not isinstance(each, str) for each in listed):
            faults.append(RuleError(("filter", "rules"), "not ids or names", "list texts"))
        if len(detection.conditions) > 1:
            problem = "a filter has one condition"
            faults.append(RuleError(("filter", "condition"), problem, "join them with or"))
        if faults:
            return
        self.trees[head.rule_id] = detection.tree
        self.filters[head.rule_id] = SigmaFilter(
            head=head,
            logsource=logsource,
            rules=tuple(listed) or "any",
            detection={key: body for key, body in section.items() if key != "rules"},
            condition=detection.conditions[0],
        )

    def detection(
        self, name: str, section: object, skip: Sequence[str], faults: list[RuleError]
    ) -> Detection | None:
        if not isinstance(section, dict):
            faults.append(RuleError((name,), f"{name} must be a map", KIND_REMEDY))
            return None
        detection, found = read_detection(section, self.expand, skip)
        for each in found:
            faults.append(RuleError((name, *each.path), each.problem, each.remedy))
        return detection

    def fault(self, file: str, document: Document, title: str, error: RuleError) -> None:
        field = ".".join(str(step) for step in error.path)
        line = document.line_of(error.path)
        problem = error.problem if len(error.problem) <= LONGEST else error.problem[:LONGEST] + "…"
        self.faults.append(RuleFault(file, line, field, problem, error.remedy, title))

    def reported(self, source: SigmaCorrelation | SigmaFilter, error: RuleError) -> None:
        head = source.head
        self.fault(head.file, self.places[head.rule_id][0], head.title, error)

    def result(self) -> ParsedRules:
        rules = tuple(self.rules.values())
        correlations = resolve_correlations(tuple(self.correlations.values()), rules, self.reported)
        known = directory(rules)
        filters = tuple(
            resolve_filter(each, self.rules, known, self.reported) for each in self.filters.values()
        )
        return ParsedRules(
            rules=rules,
            filters=filters,
            correlations=correlations,
            faults=tuple(sorted(self.faults)),
            trees=self.trees,
            digests=tuple(sorted(self.digests)),
        )


def _canonical(value: object) -> bytes:
    return msgspec.json.encode(value, order="deterministic")


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
