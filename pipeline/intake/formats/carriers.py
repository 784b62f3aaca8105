"""What carries another format's event: journald, GELF, Docker, Wazuh, Filebeat, Splunk, syslog as
the daemons themselves write it in JSON (syslog-ng, rsyslog, Vector, Fluentd).

A carrier tells where the inner event is (an object, or text to be recognised), and under which
names its own fields stand beside it. An inner text that no format knows stays a message.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from pipeline.intake.formats.lines import Fields, is_among, look_up
from pipeline.sigma.memo import Names, by_names


class Carrier(msgspec.Struct, frozen=True):
    """`marks`: sets of names that it has together; `inner`: where the event may be, dotted;
    `names`: its own fields under the names that intake reads."""

    name: str
    marks: tuple[tuple[str, ...], ...]
    inner: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]] = {}


CARRIERS: tuple[Carrier, ...] = (
    Carrier(
        "wazuh",
        (("decoder", "agent"), ("decoder", "manager"), ("agent", "rule", "full_log"),
         ("agent", "manager", "location")),
        ("data.win", "data.aws", "data.office365", "data.github", "data.gcp", "data",
         "full_log"),
        {"hostname": ("agent.name",), "Computer": ("data.win.system.computer", "agent.name"),
         "timestamp": ("timestamp",)},
    ),
    Carrier(
        "journald",
        (("MESSAGE", "__REALTIME_TIMESTAMP"), ("MESSAGE", "_SOURCE_REALTIME_TIMESTAMP"),
         ("MESSAGE", "_HOSTNAME"), ("MESSAGE", "SYSLOG_IDENTIFIER")),
        ("MESSAGE",),
        {"message": ("MESSAGE",), "program": ("SYSLOG_IDENTIFIER", "_COMM"),
         "pid": ("_PID", "SYSLOG_PID"), "hostname": ("_HOSTNAME",), "exe": ("_EXE",)},
    ),
    Carrier(
        "gelf",
        (("version", "host", "short_message"),),
        ("full_message", "short_message"),
        {"message": ("short_message",), "hostname": ("host",),
         "program": ("_application_name", "_facility", "facility")},
    ),
    Carrier(
        "docker",
        (("log", "stream", "time"), ("log", "stream"), ("log", "kubernetes")),
        ("log",),
        {"message": ("log",), "hostname": ("kubernetes.host",)},
    ),
    Carrier("fluent_bit", (("date", "log"),), ("log",), {"message": ("log",)}),
    Carrier(
        "splunk",
        (("_raw", "_time"), ("_raw",), ("event", "sourcetype"), ("event", "time", "host")),
        ("event", "_raw"),
        {"message": ("_raw",), "hostname": ("host",), "timestamp": ("_time", "time")},
    ),
    Carrier(
        "falcon_stream",
        (("metadata.eventCreationTime", "event"),),
        ("event",),
        {"timestamp": ("metadata.eventCreationTime",), "User": ("event.UserName",),
         "Computer": ("event.ComputerName", "event.Hostname")},
    ),
    Carrier("filebeat", (("message", "log", "agent"), ("message", "input", "agent"),
                         ("message", "@timestamp", "log.file.path")),
            ("message", "event.original")),
    Carrier("cloudwatch", (("message", "ingestionTime"), ("message", "logGroup")),
            ("message",)),
    Carrier("unified_audit", (("AuditData", "Operations"), ("AuditData", "RecordType")),
            ("AuditData",)),
    Carrier(
        "syslog_json",
        (("PROGRAM", "MESSAGE"), ("programname", "msg"), ("syslogtag", "msg"),
         ("ident", "message"), ("appname", "message", "facility"),
         ("syslog_identifier", "message")),
        ("message", "MESSAGE", "msg"),
        {"message": ("MESSAGE", "msg"), "hostname": ("HOST", "host"),
         "program": ("PROGRAM", "programname", "ident", "appname", "syslog_identifier",
                     "syslogtag"),
         "timestamp": ("ISODATE", "R_ISODATE", "S_ISODATE")},
    ),
)  # fmt: skip


def carrier_of(document: Mapping[str, Any]) -> Carrier | None:
    """The carrier that a document is; None where it is its own event."""
    for carrier, marks in _POSSIBLE[tuple(document)]:
        if all(look_up(document, name) is not None for name in marks):
            return carrier
    return None


def _possible(names: Names) -> tuple[tuple[Carrier, tuple[str, ...]], ...]:
    """The carriers that a document of these names may be, each with its marks."""
    known = frozenset(names)
    return tuple(
        (carrier, marks)
        for carrier in CARRIERS
        for marks in carrier.marks
        if all(is_among(mark, known) for mark in marks)
    )


_POSSIBLE = by_names(_possible)


def inner_of(document: Mapping[str, Any], carrier: Carrier) -> list[Fields | str]:
    """What may be the event inside, the likeliest first."""
    found = (look_up(document, path) for path in carrier.inner)
    inner: list[Fields | str] = []
    for path, each in zip(carrier.inner, found, strict=True):
        if path == "data.win" and isinstance(each, dict):
            inner.append({"win": each})
        elif isinstance(each, dict | str) and each:
            inner.append(each)
    return inner


def outer_names(document: Mapping[str, Any], carrier: Carrier) -> Fields:
    """The carrier's own fields, and under the names that intake reads."""
    outer: Fields = dict(document)
    for name, sources in carrier.names.items():
        for source in sources:
            value = look_up(document, source)
            if value is not None and value != "":
                outer.setdefault(name, value)
                break
    return outer
