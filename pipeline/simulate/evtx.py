"""Windows events as EVTX documents: `Event.System` and `Event.EventData`, attributes apart."""

from collections.abc import Mapping
from typing import Any, Final

_SYSTEM_FIELDS: Final = frozenset({
    "@timestamp", "EventTime", "Hostname", "Channel", "SourceName", "EventID", "RecordNumber",
    "SourceModuleType", "EventType", "Severity", "Provider_Name",
})  # fmt: skip


def as_evtx(flat: Mapping[str, Any]) -> dict[str, Any]:
    """The same event in the shape of an exported EVTX record."""
    return {
        "Event": {
            "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
            "System": {
                "Provider": {"#attributes": {"Name": flat["SourceName"]}},
                "EventID": flat["EventID"],
                "TimeCreated": {"#attributes": {"SystemTime": flat["@timestamp"]}},
                "EventRecordID": flat["RecordNumber"],
                "Channel": flat["Channel"],
                "Computer": flat["Hostname"],
            },
            "EventData": {
                name: value for name, value in flat.items() if name not in _SYSTEM_FIELDS
            },
        }
    }
