"""pfSense and OPNsense: the packet filter's log, a row of comma-separated values in syslog.

Columns: pfSense documentation, "Raw Filter Log Format".
"""

from pipeline.intake.formats.lines import Fields

_HEAD = ("rule", "", "", "tracker", "interface", "reason", "action", "direction", "ip_version")
_BEFORE_PROTOCOL = {"4": 16, "6": 12}
"""The version of IP to the column of the protocol's name."""


def filter_row(text: str) -> Fields:
    """The fields of a row; empty where it is none."""
    values = text.split(",")
    at = _BEFORE_PROTOCOL.get(values[8]) if len(values) > 8 else None
    if at is None or len(values) < at + 6:
        return {}
    found = {name: value for name, value in zip(_HEAD, values, strict=False) if name and value}
    # Version 4: name, length, ends. Version 6: name, number, length, ends.
    first = at + (2 if values[8] == "4" else 3)
    names = ("src_ip", "dst_ip", "src_port", "dst_port")
    ends = dict(zip(names, values[first : first + 4], strict=False))
    if not all(ends.get(port, "").isdigit() for port in names[2:]):  # of ICMP: something else
        ends = {name: ends[name] for name in names[:2] if name in ends}
    return {**found, "protocol": values[at], **ends}
