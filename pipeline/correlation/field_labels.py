"""What people call a field of an event, from the field map and the glossary.

A name that two sources use for different parts has no label, and is quoted as it is.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from pipeline.intake.field_map import ANY, ROWS_OF_FORMAT, ROWS_OF_PRODUCT
from pipeline.intake.field_rows import Row
from pipeline.sigma.reading.documents import SigmaCorrelation
from schemas.glossary import FIELD_LABEL, Term
from schemas.language import Language

_OTHERS: Final[Mapping[str, Term]] = {
    name: FIELD_LABEL[key]
    for name, key in (
        ("TargetLogonId", "session"), ("SubjectLogonId", "session"), ("LogonId", "session"),
        ("CommandLine", "command"), ("EventID", "event type"), ("http.url", "url"),
        ("query_info.bytes", "bytes read"),
    )
}  # fmt: skip
"""Of fields that name nobody, and so are not in the field map."""


def _label(row: Row) -> Term:
    keys = (row.column, f"{row.kind} {row.role}", row.kind)
    return next(FIELD_LABEL[key] for key in keys if key in FIELD_LABEL)


def _labels() -> Iterator[tuple[str, Term]]:
    tables = (*ROWS_OF_FORMAT.values(), *ROWS_OF_PRODUCT.values(), ANY)
    found: dict[str, list[Term]] = {}
    for table in tables:
        read: set[str] = set()
        for row, _ in table.rows:
            for name in set(row.names) - read:
                found.setdefault(name, []).append(_label(row))
            read |= set(row.names)
    for name, labels in found.items():
        if len(set(labels)) == 1:
            yield name, labels[0]


LABELS: Final[Mapping[str, Term]] = {**_OTHERS, **dict(_labels())}


def label_of(rule: SigmaCorrelation, name: str, language: Language) -> str:
    """What the rule names, in words where it has any; an alias is called as its fields are."""
    sources = next((alias.sources for alias in rule.aliases if alias.name == name), {})
    fields = (*sources.values(), name)
    return next((LABELS[field].of(language) for field in fields if field in LABELS), name)
