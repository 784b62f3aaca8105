"""Error logs of Apache (2.2 and 2.4) and nginx: Sigma's services `apache` and `nginx`.

Their rules look for words in the message (a segmentation fault, a core dump).
"""

import re

from pipeline.intake.formats.lines import Fields

_APACHE = re.compile(
    r"\[(?P<timestamp>[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} [\d:.]{8,18} \d{4})\] "
    r"\[(?:(?P<module>[\w\-]{1,64}):)?(?P<level>[a-z]{4,6}\d?)\] "
    r"(?:\[pid (?P<pid>\d{1,10})(?::tid (?P<tid>\d{1,20}))?\] )?"
    r"(?:\[(?:client|remote) (?P<client>[^\]]{1,64})\] )?(?P<message>.*)",
    re.DOTALL,
)
_NGINX = re.compile(
    r"(?P<timestamp>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) "
    r"\[(?P<level>debug|info|notice|warn|error|crit|alert|emerg)\] "
    r"(?P<pid>\d{1,10})#(?P<tid>\d{1,10}): (?:\*(?P<connection>\d{1,20}) )?(?P<message>.*)",
    re.DOTALL,
)
_CLIENT = re.compile(r", client: ([\da-fA-F.:]{2,45})(?=,)")
ERROR_LOG = "error_log"
"""The field that says whose error log a line is of."""


def web_error_of_text(text: str) -> Fields | None:
    """The fields of a line of either; None where it is of none."""
    if text[:1] == "[" and (match := _APACHE.match(text)):
        found = {name: value for name, value in match.groupdict().items() if value}
        if "client" in found:
            found["client"] = _address(found["client"], has_port="module" in found)
        return {**found, ERROR_LOG: "apache"}
    if text[:2] == "20" and (match := _NGINX.match(text)):
        found = {name: value for name, value in match.groupdict().items() if value}
        clients = set(_CLIENT.findall(text))
        if len(clients) == 1:  # a request may hold what looks like it: then neither is believed
            found["client"] = clients.pop()
        return {**found, ERROR_LOG: "nginx"}
    return None


def _address(client: str, has_port: bool) -> str:
    """Apache 2.4, which names the module too, writes the port behind the address, 2.2 does not."""
    address, colon, port = client.rpartition(":")
    return address if has_port and colon and port.isdigit() else client
