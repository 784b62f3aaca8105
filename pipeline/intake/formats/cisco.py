"""Cisco ASA and FTD: both ends of a connection, and what was done with it, out of the message.

Shapes: Cisco, "Secure Firewall ASA Series Syslog Messages", 106001, 106023, 106100, 302013 to 16.
"""

import re

from pipeline.intake.formats.lines import Fields

_IP = r"[\da-fA-F.:]{2,45}?"
_NOTE = r"(?: ?\([^)]{0,128}\)){0,2}"
"""What is said beside a place: the translated address, the user."""


def _ends(before: str, place: str, between: str) -> re.Pattern[str]:
    """Two places, of which each names an interface, an address and a port."""
    first, second = (
        place.replace("IP", f"(?P<{end}_ip>{_IP})").replace("PORT", rf"(?P<{end}_port>\d{{1,5}})")
        for end in ("src", "dst")
    )
    return re.compile(before + first + _NOTE + between + second)


_ENDS = (
    _ends(r"(?<!\S)(?:src|for|from) ", r"(?:[\w.\-]{1,64}:)?IP/PORT", " (?:dst|to) "),
    _ends("", r"[\w.\-]{1,64}/IP\(PORT\)", " -> "),
)
_ACTIONS = {
    "Deny": "deny",
    "denied": "deny",
    "permitted": "permit",
    "Built": "permit",
    "Teardown": "teardown",
}
_ACTION = re.compile(rf"\b(?:{'|'.join(_ACTIONS)})\b")
LOOKED_THROUGH = 1_000
"""Characters of a message."""


def connection_of(message: str) -> Fields:
    """What a message says of a connection; empty where it is about none."""
    matches = (each.search(message, 0, LOOKED_THROUGH) for each in _ENDS)
    match = next(filter(None, matches), None)
    if match is None:
        return {}
    found: Fields = match.groupdict()
    if message.startswith("Built outbound"):  # names the far end first, whoever called (302013)
        found = {
            "src_ip": found["dst_ip"], "src_port": found["dst_port"],
            "dst_ip": found["src_ip"], "dst_port": found["src_port"],
        }  # fmt: skip
    if said := _ACTION.search(message, 0, LOOKED_THROUGH):
        found["action"] = _ACTIONS[said[0]]
    return found
