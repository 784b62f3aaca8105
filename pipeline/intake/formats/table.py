"""The formats, as a literal table: how a line is decoded and how its fields get their names.

Adding a format is one file and one row here (and a page in the publishing guide).
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.auditd import auditd_fields, decode_auditd, is_auditd
from pipeline.intake.formats.ecs import ecs_fields, is_ecs
from pipeline.intake.formats.generic import generic_fields
from pipeline.intake.formats.lines import decode_object
from pipeline.intake.formats.ocsf import is_ocsf, ocsf_fields
from pipeline.intake.formats.suricata import is_suricata, suricata_fields
from pipeline.intake.formats.syslog import decode_syslog, syslog_fields
from pipeline.intake.formats.windows import is_windows, windows_fields
from pipeline.intake.formats.zeek import is_zeek, zeek_fields


class Format(msgspec.Struct, frozen=True):
    """`decode`: one line to a document, raises EventFault. `fields`: a document to the names
    that rules read; may change the document in place."""

    name: str
    decode: Callable[[bytes], dict[str, Any]]
    fields: Callable[[dict[str, Any]], dict[str, Any]]

    def read(self, line: bytes) -> dict[str, Any]:
        """One line to the fields that rules read. Raises EventFault."""
        return self.normalised(self.decode(line))

    def normalised(self, document: dict[str, Any]) -> dict[str, Any]:
        """A document of this format to the fields that rules read. Raises EventFault."""
        try:
            return self.fields(document)
        except RecursionError:
            raise EventFault("too_deep", "lists or objects within each other, endlessly") from None


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("windows", decode_object, windows_fields),
        Format("ecs", decode_object, ecs_fields),
        Format("ocsf", decode_object, ocsf_fields),
        Format("zeek", decode_object, zeek_fields),
        Format("suricata", decode_object, suricata_fields),
        Format("auditd", decode_auditd, auditd_fields),
        Format("syslog", decode_syslog, syslog_fields),
        Format("json", decode_object, generic_fields),
    )
}

RECOGNISERS: tuple[tuple[Callable[[Mapping[str, Any]], bool], str], ...] = (
    (is_windows, "windows"),
    (is_ocsf, "ocsf"),
    (is_zeek, "zeek"),
    (is_suricata, "suricata"),
    (is_auditd, "auditd"),
    (is_ecs, "ecs"),
)
"""In this order: the surest marks first."""


def recognise(document: Mapping[str, Any]) -> str | None:
    """The format of a decoded document by its marks; None where it bears none."""
    for recognises, name in RECOGNISERS:
        if recognises(document):
            return name
    return None


def read_fields(format: str, line: bytes) -> dict[str, Any]:
    """One line to the fields that rules read. Raises EventFault."""
    chosen = FORMATS.get(format)
    if chosen is None:
        raise EventFault("unknown_format", f"'{format}'; known: {', '.join(sorted(FORMATS))}")
    return chosen.read(line)
