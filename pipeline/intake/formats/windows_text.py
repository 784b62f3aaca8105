"""Windows events as text: XML, Snare's lines with tabs, and the message that people read.

A message's captions are what `Get-WinEvent` and Snare leave of an event's data. Sysmon's are the
data's own names; those of the security log are named by a table, for what stands there once.
"""

import re
from collections.abc import Iterator

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import Fields
from pipeline.intake.formats.windows_xml import is_xml_text, parse_windows_xml

_SNARE = "MSWinEventLog"
_SNARE_COLUMNS = ("", "Criticality", "Channel", "SnareCounter", "TimeCreated", "EventID",
                  "Provider_Name", "User", "SidType", "EventType", "Computer", "Category", "Data",
                  "Message", "EventRecordID")  # fmt: skip

CAPTIONS: dict[str, str] = {
    "New Process Name": "NewProcessName",
    "Process Command Line": "CommandLine",
    "Creator Process Name": "ParentProcessName",
    "Source Network Address": "IpAddress",
    "Source Address": "IpAddress",
    "Client Address": "IpAddress",
    "Logon Type": "LogonType",
    "Workstation Name": "WorkstationName",
    "Failure Reason": "FailureReason",
    "Service Name": "ServiceName",
    "Service File Name": "ImagePath",
    "Task Name": "TaskName",
    "Object Name": "ObjectName",
    "Share Name": "ShareName",
    "Relative Target Name": "RelativeTargetName",
}
"""Caption of a message of the security log to the name of the data."""

_CAPTION = re.compile(r"^[ \t]*([A-Za-z][A-Za-z0-9 ]{0,39}):[ \t]*([^\r\n]*)", re.MULTILINE)
LONGEST_MESSAGE = 200_000
LONGEST_GLANCE = 100
"""Characters behind a caption that are looked at for whether it has a value."""


def is_windows_text(text: str) -> bool:
    return is_xml_text(text) or text.startswith(_SNARE)


def parse_windows_text(text: str) -> Fields:
    """One event in XML or in Snare's line. Raises EventFault `not_xml`."""
    if not text.startswith(_SNARE):
        return parse_windows_xml(text)
    values = text.split("\t")
    if len(values) < 6:
        raise EventFault("not_snare", f"{len(values)} columns, fewer than 6")
    columns = zip(_SNARE_COLUMNS, values, strict=False)
    return {name: value for name, value in columns if name and value not in ("", "N/A")}


def says(message: str, name: str) -> bool:
    """Whether a message surely says the data of this name, at a tenth of the price of
    `message_fields`; False: only that can tell."""
    return any(_has_line(message, caption) for caption in (name, *_CAPTIONS_OF.get(name, ())))


_CAPTIONS_OF: dict[str, list[str]] = {
    name: [caption for caption in CAPTIONS if CAPTIONS[caption] == name]
    for name in CAPTIONS.values()
}


def _has_line(message: str, caption: str) -> bool:
    """Whether the first place of a caption is a line's beginning, with a value behind it."""
    at = message.find(caption)
    end = at + len(caption)
    if at < 0 or message[end : end + 1] != ":" or len(message) > LONGEST_MESSAGE:
        return False
    if message[message.rfind("\n", 0, at) + 1 : at].strip(" \t"):
        return False
    value = message[end + 1 : end + LONGEST_GLANCE].partition("\n")[0].partition("\r")[0]
    return bool(value.strip())


def message_fields(message: str) -> Iterator[tuple[str, str]]:
    """What the captions of a message say, in order, each name of the event's data once."""
    found: set[str] = set()
    for line in _CAPTION.finditer(message[:LONGEST_MESSAGE]):
        caption, value = line[1], line[2].strip()
        if caption == "Account Name" and value != "-":
            # The subject's comes first, whoever it is done to second.
            name = "TargetUserName" if "SubjectUserName" in found else "SubjectUserName"
        else:
            name = CAPTIONS.get(caption) or (caption if " " not in caption else "")
        if name and value and name not in found:
            found.add(name)
            yield name, value
