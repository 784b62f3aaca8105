"""Palo Alto Networks' PAN-OS: rows of comma-separated values inside syslog.

Columns by type: Palo Alto Networks, "Syslog Field Descriptions", PAN-OS 10. Those behind the last
one that is named here stay in `message`.
"""

import re

from pipeline.intake.formats.csv_rows import cells_of
from pipeline.intake.formats.lines import Fields

BEGINNING = re.compile(
    r"[^,\s]{0,20},\d{4}/\d\d/\d\d \d\d:\d\d:\d\d,[\w\-]{0,32},"
    r"(?:TRAFFIC|THREAT|SYSTEM|CONFIG|GLOBALPROTECT|USERID|AUTHENTICATION|DECRYPTION),"
)
_HEAD = ("", "receive_time", "serial", "log_type", "subtype", "", "timestamp")
_SESSION = (
    *_HEAD, "src_ip", "dst_ip", "nat_src_ip", "nat_dst_ip", "rule", "username", "dst_user",
    "application", "vsys", "src_zone", "dst_zone", "inbound_if", "outbound_if", "log_action", "",
    "session_id", "repeat_count", "src_port", "dst_port", "nat_src_port", "nat_dst_port", "flags",
    "protocol", "action",
)  # fmt: skip
COLUMNS: dict[str, tuple[str, ...]] = {
    "TRAFFIC": (*_SESSION, "bytes", "bytes_sent", "bytes_received", "packets"),
    "THREAT": (*_SESSION, "c-uri", "threat", "url_category", "severity", "direction"),
    "SYSTEM": (*_HEAD, "vsys", "event_id", "object", "", "", "module", "severity", "description"),
    "CONFIG": (*_HEAD, "device", "vsys", "command", "username", "client", "result", "path"),
    "GLOBALPROTECT": (*_HEAD, "vsys", "event_id", "stage", "auth_method", "tunnel_type",
                      "username", "src_region", "machine", "src_ip"),
}  # fmt: skip
"""Type to the names of its columns; a column without a name has none for people."""
SERVICES = {"GLOBALPROTECT": "globalprotect"}
"""Type to the service by which Sigma's rules know it."""


def paloalto_row(text: str) -> Fields:
    """One row; all of it is the message. A type whose columns are not named has its head."""
    fields: Fields = {"message": text}
    values = cells_of(text)  # none where no such row was ever written: the message is all there is
    names = COLUMNS.get(values[3] if len(values) > 3 else "", _HEAD)
    fields |= {name: value for name, value in zip(names, values, strict=False) if name and value}
    return fields
