"""Linux audit records: the daemon's own text (`type=EXECVE msg=audit(…): a0="ls"`), as ausearch
interprets it (`-i`), or JSON, also of Laurel (one object an audit event).

What the kernel wrote in hexadecimal, because it holds spaces or quotes, is read back; `a0` to
`a3` of SYSCALL are numbers. Each record stays an event of its own, as Sigma's rules ask for its
`type`; records of one serial lend each other what only one of them says (`join_records`).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import Fields, tagged

TYPE_CATEGORIES: dict[str, str] = {"EXECVE": "process_creation"}
"""Record type to category; PATH is decided by its `nametype`."""

LENT: dict[str, tuple[str, ...]] = {
    "SYSCALL": ("exe", "comm", "pid", "ppid", "auid", "uid", "euid", "gid", "tty", "ses", "key",
                "success", "SYSCALL", "AUID", "UID", "EUID"),
    "CWD": ("cwd",),
    "PROCTITLE": ("proctitle",),
}  # fmt: skip
"""Type of record to the fields that it lends the others of its serial."""

SYSCALLS: dict[str, dict[str, str]] = {
    "c000003e": {
        "2": "open", "42": "connect", "41": "socket", "49": "bind", "59": "execve", "62": "kill",
        "82": "rename", "87": "unlink", "90": "chmod", "91": "fchmod", "92": "chown",
        "101": "ptrace", "105": "setuid", "106": "setgid", "159": "adjtimex", "165": "mount",
        "169": "reboot", "175": "init_module", "176": "delete_module", "227": "clock_settime",
        "246": "kexec_load", "250": "keyctl", "257": "openat", "263": "unlinkat", "264": "renameat",
        "268": "fchmodat", "272": "unshare", "310": "process_vm_readv", "311": "process_vm_writev",
        "313": "finit_module", "316": "renameat2", "319": "memfd_create", "320": "kexec_file_load",
        "321": "bpf", "322": "execveat",
    },
    "c00000b7": {
        "56": "openat", "105": "init_module", "106": "delete_module", "117": "ptrace",
        "203": "connect", "221": "execve", "273": "finit_module", "279": "memfd_create",
        "280": "bpf", "281": "execveat",
    },
}  # fmt: skip
"""Architecture (x86-64, AArch64) and number to the name that enriched logs write as `SYSCALL`."""

_PAIR = re.compile(r"""(?<![\w.\-\[\]])([\w.\-\[\]]+)=("[^"]*"?|'[^']*'?|\S*)""")
"""Begins where a word begins, so that a long word costs its length once. Nothing is escaped."""
MOST_PAIRS = 10_000
_STAMP = re.compile(r"audit\((\d{1,12}\.\d{1,6}):(\d{1,20})\)")
_INTERPRETED = re.compile(r"audit\(([\d/\-.]{8,12} [\d:.]{5,16}) ?: ?(\d{1,20})\)")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+\Z")
_HEX_FIELDS = frozenset({"proctitle", "name", "cwd", "exe", "comm", "cmd", "data", "acct"})
_ARGUMENT = re.compile(r"a(\d{1,6})(?:\[\d{1,6}\])?\Z")


def is_auditd_text(text: str) -> bool:
    """Whether a line begins as audit's do."""
    return text.startswith(("type=", "node=", "audit(")) and "audit(" in text[:300]


def parse_auditd(text: str) -> Fields:
    """One record. Raises EventFault `not_auditd` for a text without `type=`."""
    if "type=" not in text:
        raise EventFault("not_auditd", "no type= in the line")
    head = text[:400]
    raw = _STAMP.search(head)
    stamp = raw or _INTERPRETED.search(head)
    fields: Fields = {}
    for name, written in _PAIR.findall(text.replace("\x1d", " "))[:MOST_PAIRS]:
        if written[:1] == "'" and "=" in written:
            for inner, value in _PAIR.findall(written.strip("'")):
                fields.setdefault(inner, _value(inner, value, "", raw is not None))
        else:
            kind = str(fields.get("type", ""))
            fields.setdefault(name, _value(name, written, kind, raw is not None))
    if raw is None and " proctitle=" in text:
        fields["proctitle"] = text.partition(" proctitle=")[2]
    if stamp:
        fields["timestamp"] = float(stamp[1]) if raw else stamp[1]
        fields["sequence"] = int(stamp[2])
    return fields


def _value(name: str, written: str, kind: str, is_raw: bool) -> str:
    """A value as it was before the kernel wrote it: it has no quotes only where it is a number
    or in hexadecimal."""
    if written[:1] in ('"', "'"):
        return written[1:].removesuffix(written[0])
    encoded = name in _HEX_FIELDS or (kind == "EXECVE" and _ARGUMENT.match(name))
    if is_raw and encoded and _HEX.match(written):
        return bytes.fromhex(written).replace(b"\0", b" ").decode("utf-8", "replace").rstrip()
    return written


def auditd_fields(document: Fields) -> Fields:
    kind = document.get("type")
    category = TYPE_CATEGORIES.get(str(kind), "")
    if kind == "EXECVE":
        document.setdefault("CommandLine", _command_line(document))
        first = str(document.get("exe") or document.get("a0") or "")
        if first.startswith("/"):
            document["Image"] = first
        _name_process(document)
    elif kind == "PATH" and document.get("nametype") == "CREATE":
        category = "file_event"
        document["TargetFilename"] = _absolute(document)
        if document.get("exe"):
            document.setdefault("Image", document["exe"])
    elif kind == "SYSCALL" and "SYSCALL" not in document:
        name = SYSCALLS.get(str(document.get("arch")), {}).get(str(document.get("syscall")))
        if name:
            document["SYSCALL"] = name
    return tagged(document, f"{category}/linux/auditd")


def _name_process(document: Fields) -> None:
    for name, source in (("CurrentDirectory", "cwd"), ("ProcessId", "pid"),
                         ("ParentProcessId", "ppid"), ("User", "AUID")):  # fmt: skip
        if document.get(source):
            document.setdefault(name, document[source])


def _absolute(document: Mapping[str, Any]) -> Any:
    name, folder = document.get("name"), document.get("cwd")
    if isinstance(name, str) and isinstance(folder, str) and not name.startswith("/"):
        return f"{folder.rstrip('/')}/{name.removeprefix('./')}"
    return name


def _command_line(document: Mapping[str, Any]) -> str:
    numbered = [(int(m[1]), str(v)) for k, v in document.items() if (m := _ARGUMENT.match(k))]
    return " ".join(argument for _, argument in sorted(numbered, key=lambda each: each[0]))


def join_records(named: Iterable[Fields]) -> None:
    """Lends each record what others of its serial (and node) say, and names it anew; changes
    the fields in place."""
    serials: dict[tuple[object, object, object], Fields] = {}
    joined = [each for each in named if isinstance(each.get("sequence"), int)]
    for each in joined:
        lent = LENT.get(str(each.get("type")), ())
        known = serials.setdefault(_serial(each), {})
        known.update({name: each[name] for name in lent if name in each})
    for each in joined:
        if each.get("type") in ("EXECVE", "PATH"):
            for name, value in serials[_serial(each)].items():
                each.setdefault(name, value)
            auditd_fields(each)


def _serial(document: Mapping[str, Any]) -> tuple[object, object, object]:
    return document.get("node"), document.get("timestamp"), document.get("sequence")


def is_laurel(document: Mapping[str, Any]) -> bool:
    """One JSON object for a whole audit event, its records by their type."""
    return isinstance(document.get("ID"), str) and any(
        isinstance(document.get(kind), dict) for kind in ("SYSCALL", "EXECVE", "PROCTITLE", "CWD")
    )


def laurel_records(document: Mapping[str, Any]) -> list[Fields]:
    """The records of Laurel's object, as the daemon would have written them."""
    stamp, _, serial = str(document.get("ID")).partition(":")
    head: Fields = {"timestamp": stamp, "node": document.get("NODE")}
    if serial.isascii() and serial.isdigit() and len(serial) < 20:
        head["sequence"] = int(serial)
    records = []
    for kind, value in document.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                records.append({**head, **_laurel_names(each), "type": kind})
    return records


def _laurel_names(record: Mapping[str, Any]) -> Fields:
    named = dict(record)
    arguments = named.get("ARGV")
    if isinstance(arguments, list):
        named |= {f"a{number}": str(each) for number, each in enumerate(arguments)}
        named.setdefault("argc", str(len(arguments)))
    elif isinstance(named.get("ARGV_STR"), str):
        named.setdefault("CommandLine", named["ARGV_STR"])
    if isinstance(named.get("ARGV"), list) and "proctitle" not in named and len(record) == 1:
        named["proctitle"] = " ".join(map(str, named["ARGV"]))
    return named


MARKS = tuple(
    ("type", name) for name in ("auid", "syscall", "argc", "a0", "nametype", "proctitle", "msg")
)


def is_auditd(document: Mapping[str, Any]) -> bool:
    kind = document["type"]
    return isinstance(kind, str) and kind.isupper()
