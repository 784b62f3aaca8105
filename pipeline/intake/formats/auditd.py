"""Linux audit records: the daemon's own text (`type=EXECVE msg=audit(…): a0="ls"`) or JSON.

Values that the kernel wrote in hexadecimal, because they hold spaces or quotes, are read
back (EXECVE arguments, proctitle, paths); EXECVE and PATH records also get Sigma's names.
"""

import re
from collections.abc import Mapping
from typing import Any

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import Fields, decode_object, decode_text
from pipeline.sigma.log_sources import SOURCE_FIELD

TYPE_CATEGORIES: dict[str, str] = {"EXECVE": "process_creation"}
"""Record type to category; PATH is decided by its `nametype`."""

_PAIR = re.compile(r"""([\w.-]+)=("[^"]*"|'[^']*'|[^\s]*)""")
_STAMP = re.compile(r"audit\((\d+\.\d+):(\d+)\)")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+\Z")
_HEX_FIELDS = re.compile(r"(?:a\d+|proctitle|name|cwd|exe|comm|cmd|data)\Z")
_ARGUMENT = re.compile(r"a(\d+)\Z")


def decode_auditd(line: bytes) -> Fields:
    """JSON or text. Raises EventFault `not_auditd` for a text without `type=`."""
    if line.lstrip()[:1] == b"{":
        return decode_object(line)
    text = decode_text(line)
    if "type=" not in text:
        raise EventFault("not_auditd", "no type= in the line")
    fields: Fields = {}
    for name, value in _PAIR.findall(text.replace("\x1d", " ")):
        if value[:1] == "'" and "=" in value:
            fields.update(_pairs(value[1:-1]))
        else:
            fields.setdefault(name, _value(name, value))
    stamp = _STAMP.search(text)
    if stamp:
        fields["timestamp"] = float(stamp[1])
        fields["sequence"] = int(stamp[2])
    return fields


def _pairs(text: str) -> Fields:
    return {name: _value(name, value) for name, value in _PAIR.findall(text)}


def _value(name: str, value: str) -> str:
    if value[:1] == '"':
        return value[1:-1]
    if _HEX_FIELDS.match(name) and len(value) >= 4 and _HEX.match(value):
        return bytes.fromhex(value).replace(b"\0", b" ").decode("utf-8", "replace")
    return value


def auditd_fields(document: Fields) -> Fields:
    kind = document.get("type")
    category = TYPE_CATEGORIES.get(str(kind), "")
    if kind == "EXECVE":
        document.setdefault("CommandLine", _command_line(document))
        first = str(document.get("exe") or document.get("a0") or "")
        if first.startswith("/"):
            document.setdefault("Image", first)
    elif kind == "PATH" and document.get("nametype") == "CREATE":
        category = "file_event"
        document.setdefault("TargetFilename", document.get("name"))
    document[SOURCE_FIELD] = f"{category}/linux/auditd"
    return document


def _command_line(document: Mapping[str, Any]) -> str:
    numbered = [(int(m[1]), str(v)) for k, v in document.items() if (m := _ARGUMENT.match(k))]
    return " ".join(argument for _, argument in sorted(numbered))


def is_auditd(document: Mapping[str, Any]) -> bool:
    kind = document.get("type")
    marks = ("auid", "syscall", "argc", "a0", "nametype", "proctitle", "msg")
    return isinstance(kind, str) and kind.isupper() and any(mark in document for mark in marks)
