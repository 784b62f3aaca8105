"""Windows events, in the shapes in which they travel.

Flat (NXLog, Mordor, Snare, Get-WinEvent, EvtxECmd, Hayabusa): one object, names as Sysmon and
Security write them. Winlogbeat: `event_data` (6.x) or `winlog.event_data` (7 and later); an event
without data of its own has neither. EVTX as JSON: `Event.System` (Velociraptor: `System`) with
`EventData` or, one level deeper, `UserData`; attributes are `#attributes`, `@Name` or, beside the
element, `Element_attributes`. Wazuh: `win.system` and `win.eventdata`. All reach the same flat
names without spaces (Sigma specification, appendix taxonomy, "Field Usage"); a flat document is
changed in place.

`Computer` is the host that wrote the event, whoever forwarded it: Winlogbeat's `host.name` is
where Winlogbeat runs, the collector behind Windows Event Forwarding, and `user.name` the account
under which the record was written. Neither becomes a Windows name.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from pipeline.intake.formats.lines import Fields, flattened
from pipeline.intake.formats.windows_evtx import data_fields, evtx_fields, inner_of
from pipeline.intake.formats.windows_hayabusa import MARK, name_in_full
from pipeline.intake.formats.windows_text import message_fields, says
from pipeline.sigma.log_sources import SOURCE_FIELD
from pipeline.sigma.memo import Names, by_names

_BEAT_NAMES: dict[str, tuple[str, ...]] = {
    "Channel": ("winlog.channel", "log_name"),
    "EventID": ("winlog.event_id", "event_id", "event.code"),
    "Provider_Name": ("winlog.provider_name", "source_name", "event.provider"),
    "Computer": ("winlog.computer_name", "computer_name"),
    "EventRecordID": ("winlog.record_id", "record_number"),
    "Execution_ProcessID": ("winlog.process.pid", "process_id"),
    "Execution_ThreadID": ("winlog.process.thread.id", "thread_id"),
}
"""Name, and where Winlogbeat's versions keep it."""

_BEAT_HOLDERS = ("event_data", "user_data")
_BEAT_6_MARKS = frozenset({"event_id", "record_number"})
"""One of them beside `log_name`, and it is Winlogbeat 6's, with data of its own or without."""
_FLAT_MARKS = frozenset(
    {
        "Computer",
        "ComputerName",
        "Hostname",
        "SourceName",
        "UtcTime",
        "ProcessGuid",
        "SubjectUserSid",
        "SubjectUserName",
        "TargetUserName",
        "NewProcessName",
        "Image",
    }
)
"""One of them beside `EventID`, and it is an event of Windows that does not name its channel."""

_FLAT_ALIASES = (
    ("Provider_Name", ("SourceName", "ProviderName", "Provider", "Source", "provider_name")),
    ("Computer", ("Hostname", "MachineName", "ComputerName", "computer_name")),
    ("Channel", ("LogName", "channel")),
    ("EventID", ("EventId", "Id", "event_id", "EventCode")),
    ("EventRecordID", ("RecordNumber", "RecordId", "EventRecordId", "RecordID")),
)
"""What NXLog, Snare, Get-WinEvent, EvtxECmd and Hayabusa name otherwise than Windows does."""

_NESTED_MARKS = frozenset(
    {"Event", "System", "win", "winlog", "event_data", "winlog.channel", "winlog.event_id",
     "log_name"}
)  # fmt: skip
"""A document that has none of these names is of none of the other shapes."""

_INNER_DATA = ("EventData", "UserData", "Details", "ExtraFieldInfo", "AllFieldInfo", "Payload")
"""Where flat dialects keep the event's own data as an object."""

_WAZUH_HEADER = {
    "providerName": "Provider_Name",
    "eventID": "EventID",
    "systemTime": "TimeCreated",
    "eventRecordID": "EventRecordID",
    "processID": "Execution_ProcessID",
    "threadID": "Execution_ThreadID",
}
"""Wazuh's names of the header; its other names are Windows' with a small first letter."""

_HEADER_NAMES = frozenset({"ProcessId", "ThreadId", "UserId", "User", "Level", "Version",
                           "Keywords", "Category", "Source", "RuleName"})  # fmt: skip
"""Names of a header that captions have too. Any other name that stands in both the document and
its message shows that the event's own data are there, and the message is for people."""

RPC_FIREWALL = "RPCFW"
"""Channel of Zero Networks' RPC Firewall: SigmaHQ's rules know it as a product of its own, and ask
for the channel as `EventLog`."""


def windows_fields(document: Fields) -> Fields:
    """Any of the shapes to flat names; Security 4688 also as `Image`, `ParentImage`."""
    plan = _FLAT_PLANS[tuple(document)]
    if plan.is_flat:
        fields = _flat(document, plan)
    elif isinstance(document.get("Event"), dict):
        fields = evtx_fields(document["Event"])
    elif isinstance(document.get("System"), dict):
        fields = evtx_fields(document)
    elif isinstance(document.get("win"), dict):
        fields = _wazuh(document["win"])
    elif is_winlogbeat(document):
        fields = _beat(document)
    else:
        fields = _flat(document, plan)
    if "NewProcessName" in fields and str(fields.get("EventID")) == "4688":
        # SigmaHQ's rules of process creation ask for Sysmon's names.
        fields.setdefault("Image", fields["NewProcessName"])
        if "ParentProcessName" in fields:
            fields.setdefault("ParentImage", fields["ParentProcessName"])
    fields.pop(SOURCE_FIELD, None)  # nor does a sender choose its rules from within the data
    if not fields.get("Channel") and not fields.get("Provider_Name"):
        fields[SOURCE_FIELD] = "/windows/"
    elif fields.get("Channel") == RPC_FIREWALL:
        fields.setdefault("EventLog", RPC_FIREWALL)
        fields[SOURCE_FIELD] = "application/rpc_firewall/"
    return fields


RETOLD_KEPT = 4
"""Messages of that many kinds come with the same names."""


class _FlatPlan(NamedTuple):
    """What is to be done with a flat document of certain names."""

    is_flat: bool
    """Whether it has no name of the other shapes."""
    spaced: Names
    aliases: tuple[tuple[str, str], ...]
    """Names that it gets, each with the one whose value it takes."""
    holders: Names
    is_told: bool
    """Whether it may have a message."""
    retold: list[str]
    """Of names that a message was found to say too, the first few: they are asked for first, as one
    alone shows that the message adds nothing."""


def _flat_plan(names: Names) -> _FlatPlan:
    spaced = tuple(name for name in names if " " in name)
    known = {name.replace(" ", "") for name in names}
    aliases = []
    for name, sources in _FLAT_ALIASES:
        source = next((each for each in sources if each in known), None)
        if name not in known and source is not None:
            aliases.append((name, source))
            known.add(name)
    first = next((at for at, name in enumerate(_INNER_DATA) if name in known), None)
    holders = () if first is None else _INNER_DATA[first:]  # one may hold another
    return _FlatPlan(
        is_flat=_NESTED_MARKS.isdisjoint(names),
        spaced=spaced,
        aliases=tuple(aliases),
        holders=holders,
        is_told=bool(holders) or not known.isdisjoint(("Message", "message")),
        retold=[],
    )


_FLAT_PLANS = by_names(_flat_plan)


def _flat(document: Fields, plan: _FlatPlan) -> Fields:
    if MARK in document:
        name_in_full(document)
    for name in plan.spaced:
        document.setdefault(name.replace(" ", ""), document.pop(name))
    for name, source in plan.aliases:
        document[name] = document[source]
    if document.get("Channel") == document.get("EventID"):
        return document  # neither is there: nothing of Windows to be found inside
    for holder in plan.holders:
        inner = document.get(holder)
        if holder == "Payload" and isinstance(inner, str):
            inner = _payload(inner)
        if isinstance(inner, dict):
            for key, value in data_fields(inner_of(inner)).items():
                document.setdefault(key, value)
    if plan.is_told:
        _add_message(document, plan.retold)
    return document


def _add_message(document: Fields, retold: list[str]) -> None:
    """What the message says, where the event's own data did not come with it."""
    message = document.get("Message") or document.get("message")
    if not isinstance(message, str) or "EventData" in document:
        return
    if any(name in document and says(message, name) for name in retold):
        return
    told: Fields = {}
    for name, value in message_fields(message):
        if name in document and name not in _HEADER_NAMES:
            if len(retold) < RETOLD_KEPT and name not in retold:
                retold.append(name)
            return
        told[name] = value
    for name, value in told.items():
        document.setdefault(name, value)


def _payload(text: str) -> Any:
    """EvtxECmd keeps the event's own data as JSON in a text."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    holder = value if isinstance(value, dict) else {}
    return holder.get("EventData") or holder.get("UserData")


def _wazuh(win: dict[str, Any]) -> Fields:
    """Wazuh writes backslashes twice."""
    fields: Fields = {}
    for name in ("eventdata", "system"):
        data = win.get(name)
        for key, value in data.items() if isinstance(data, dict) else ():
            plain = value.replace("\\\\", "\\") if isinstance(value, str) else value
            fields[_WAZUH_HEADER.get(key, key[:1].upper() + key[1:])] = plain
    return fields


def _beat(document: Fields) -> Fields:
    winlog = document.get("winlog")
    holder = winlog if isinstance(winlog, dict) else document
    fields = dict(flattened(document))  # a copy: the document is still to be looked into
    for name in _BEAT_HOLDERS:
        data = holder.get(name) or _dotted(document, f"winlog.{name}.")
        if isinstance(data, dict):
            for key, value in data_fields(inner_of(data) if name == "user_data" else data).items():
                fields[key] = value
    for name, sources in _BEAT_NAMES.items():
        found = next((fields[each] for each in sources if fields.get(each) is not None), None)
        if found is not None:
            fields[name] = found
    if "Computer" not in fields and not is_forwarded(fields):
        fields["Computer"] = fields.get("host.name") or fields.get("beat.hostname")
    return fields


def is_forwarded(fields: Mapping[str, Any]) -> bool:
    """Whether a Beat says that it ships what another host wrote: its own name is no party."""
    tags = fields.get("tags")
    return isinstance(tags, list) and "forwarded" in tags


def _dotted(document: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """An object that was sent as keys with dots."""
    return {key[len(prefix) :]: document[key] for key in document if key.startswith(prefix)}


MARKS = tuple(
    (name,)
    for name in ("Event", "System", "win", "winlog", "winlog.channel", "winlog.event_id",
                 "event_data", "log_name", "EventID", "EventId", "Id", "event_id")
)  # fmt: skip
"""Names of which any document of the shapes has one."""

_FLAT_IDS = ("EventID", "EventId", "Id", "event_id")
_FLAT_CHANNELS = ("Channel", "Provider_Name", "ProviderName", "LogName", "SourceName")
"""One of each makes a flat event."""


def is_windows(document: Mapping[str, Any]) -> bool:
    """Whether a document is one of the shapes."""
    event, system, win = document.get("Event"), document.get("System"), document.get("win")
    if isinstance(event, dict):
        return "System" in event
    if is_winlogbeat(document):
        return True
    if isinstance(system, dict):
        return "EventID" in system or "Channel" in system
    if "EventID" in document and not _FLAT_MARKS.isdisjoint(document):
        return True
    if any(each in document for each in _FLAT_IDS):
        return any(each in document for each in _FLAT_CHANNELS)
    return isinstance(win, dict) and "system" in win


def is_winlogbeat(document: Mapping[str, Any]) -> bool:
    """Whether Winlogbeat sent it, nested or with dots, with data of its own or without."""
    if "winlog" in document or isinstance(document.get("event_data"), dict):
        return True
    if "winlog.channel" in document or "winlog.event_id" in document:
        return True
    return "log_name" in document and not _BEAT_6_MARKS.isdisjoint(document)
