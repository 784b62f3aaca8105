"""The metadata that every kind of document shares, checked value by value."""

import uuid
from collections.abc import Mapping
from typing import cast, get_args

from pipeline.sigma.reading.documents import LEVELS, Head, Level, LogSource, Status
from pipeline.sigma.reading.yaml_text import RuleError

STATUSES: tuple[str, ...] = get_args(Status)
OWN_KEY = "fenghuo"
LOGSOURCE_KEYS = ("category", "product", "service")
_NAMESPACE = uuid.UUID("5d0f0f6c-43f5-5b0c-9f0e-0d5b8f3f7f9d")


def content_uuid(content: bytes) -> str:
    """The id of a document that has none: the same content, the same id."""
    return str(uuid.uuid5(_NAMESPACE, content.hex()))


def read_metadata(
    document: Mapping[str, object], content: bytes, file: str, line: int, faults: list[RuleError]
) -> Head:
    own = document.get(OWN_KEY) or {}
    if not isinstance(own, dict):
        faults.append(RuleError((OWN_KEY,), "not a map", "write fenghuo: {scenario: …}"))
        own = {}
    return Head(
        rule_id=_text(document, "id", faults).lower() or content_uuid(content),
        name=_text(document, "name", faults),
        title=_title(document, faults),
        title_zh=_text(own, "title_zh", faults),
        level=read_level(document, faults),
        status=cast(Status | None, _choice(document, "status", STATUSES, faults)),
        description=_text(document, "description", faults),
        tags=_texts(document, "tags", faults),
        falsepositives=_texts(document, "falsepositives", faults),
        fields=_texts(document, "fields", faults),
        scenario=_text(own, "scenario", faults),
        entities=_texts(own, "entities", faults),
        file=file,
        line=line,
    )


def read_level(holder: Mapping[str, object], faults: list[RuleError]) -> Level | None:
    """Sigma's level in any case; None where there is none."""
    return cast(Level | None, _choice(holder, "level", LEVELS, faults))


def _title(document: Mapping[str, object], faults: list[RuleError]) -> str:
    title = _text(document, "title", faults)
    if not title:
        faults.append(RuleError(("title",), "no title", "say what the document detects"))
    return title


def _text(document: Mapping[str, object], key: str, faults: list[RuleError]) -> str:
    value = document.get(key)
    if isinstance(value, list | dict):
        faults.append(RuleError((key,), f"{key} must be text", "write one line of text"))
        return ""
    return "" if value is None else str(value).strip()


def _texts(document: Mapping[str, object], key: str, faults: list[RuleError]) -> tuple[str, ...]:
    value = document.get(key)
    listed = value if isinstance(value, list) else [] if value is None else [value]
    if any(isinstance(each, list | dict) for each in listed):
        faults.append(RuleError((key,), f"{key} must be a list of texts", "write plain texts"))
        return ()
    return tuple(str(each) for each in listed if each is not None)


def _choice(
    document: Mapping[str, object], key: str, choices: tuple[str, ...], faults: list[RuleError]
) -> str | None:
    written = _text(document, key, faults).lower()
    if written and written not in choices:
        problem = f"'{written}' is not a {key}"
        faults.append(RuleError((key,), problem, "one of " + ", ".join(choices)))
    return written if written in choices else None


def read_logsource(document: Mapping[str, object], faults: list[RuleError]) -> LogSource:
    """Other keys (`definition`) are text for people."""
    section = document.get("logsource")
    if not isinstance(section, dict):
        problem = "no logsource" if section is None else "logsource must be a map"
        faults.append(RuleError(("logsource",), problem, "give category, product or service"))
        return LogSource()
    for key in section:
        # `Product: windows` would be one more key for people, and the rule one of every product.
        if key not in LOGSOURCE_KEYS and key.strip().lower() in LOGSOURCE_KEYS:
            problem = f"'{key}' is not a key of logsource"
            remedy = f"write {key.strip().lower()}"
            faults.append(RuleError(("logsource", key), problem, remedy))
    found = {key: _text(section, key, faults).lower() for key in LOGSOURCE_KEYS}
    if not any(found.values()):
        remedy = "give category, product or service"
        faults.append(RuleError(("logsource",), "an empty logsource", remedy))
    return LogSource(**found)
