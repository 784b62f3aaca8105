"""Web servers and proxies: Apache and nginx (access and error log), IIS, squid, HAProxy."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.intake.faults import EventFault
from pipeline.intake.formats.lines import Aliases, Fields, tagged
from pipeline.intake.formats.web_errors import ERROR_LOG, web_error_of_text

_COMBINED = re.compile(
    r"(?:(?P<vhost>[\w.\-]+(?::\d+)?) )?(?P<client>[^\s,]+(?:, ?[^\s,]+){0,15}) \S+ "
    r"(?P<user>[^\[\"]{1,256}?) "
    r"\[(?P<timestamp>[^\]]{11,40})\] \"(?P<request>(?:[^\"\\]|\\.)*)\" (?P<status>\d{3}|-) "
    r"(?P<bytes>\d+|-)(?: \"(?P<referer>(?:[^\"\\]|\\.)*)\" \"(?P<agent>(?:[^\"\\]|\\.)*)\")?"
    r"(?P<rest>.*)",
    re.DOTALL,
)
_SQUID = re.compile(
    r"(?P<timestamp>\d{9,10}\.\d{3}) +(?P<duration>\d+) (?P<client>\S+) (?P<result>[A-Z_]+)/"
    r"(?P<status>\d{3}) (?P<bytes>\d+) (?P<method>[A-Z_]+) (?P<url>\S+) (?P<user>\S+) "
    r"(?P<peer>\S+)(?: (?P<mime>\S+))?"
)

_HAPROXY = re.compile(
    r"(?P<client>[\da-fA-F.:]{2,45}):\d{1,5} "
    r"\[(?P<timestamp>\d\d/[A-Z][a-z]{2}/\d{4}:[\d:.]{8,12})\] "
    r"(?P<frontend>\S{1,128}) (?P<backend>\S{1,256}) (?P<timers>[\d/+\-]{5,64}) "
    r"(?P<status>\d{3}|-1) (?P<bytes>\+?\d+) .{0,1024}?\"(?P<request>[^\"]*)\"?",
    re.DOTALL,
)
"""`option httplog` (HAProxy configuration manual, 8.2.3); the message of its syslog."""

NAMES = Aliases(
    {
        "c-ip": ("client",),
        "src_ip": ("client", "c-ip"),
        "cs-username": ("user",),
        "sc-status": ("status",),
        "sc-bytes": ("bytes",),
        "cs-referer": ("referer", "cs(Referer)"),
        "cs-user-agent": ("agent", "cs(User-Agent)"),
        "c-useragent": ("agent", "cs(User-Agent)", "cs-user-agent"),
        "cs-cookie": ("cs(Cookie)",),
        "cs-host": ("vhost", "cs(Host)"),
        "dst_ip": ("s-ip", "r-ip"),
        "dst_port": ("s-port", "r-port"),
        "hostname": ("s-computername",),
    }
)
_NUMBERS = ("sc-status", "sc-bytes")

IIS_DEFAULT = (
    "date", "time", "s-ip", "cs-method", "cs-uri-stem", "cs-uri-query", "s-port", "cs-username",
    "c-ip", "cs(User-Agent)", "cs(Referer)", "sc-status", "sc-substatus", "sc-win32-status",
    "time-taken",
)  # fmt: skip
"""What IIS writes by default, for lines whose `#Fields` did not come with them."""
_IIS_LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ [A-Z]{3,16} /")


def web_access_of_text(text: str) -> Fields | None:
    """The fields of a line of any of these; None where it is none's. Raises EventFault for a
    line of IIS that has other columns than it writes by default."""
    match = _COMBINED.match(text) if '] "' in text else None  # most lines have none
    if match:
        return _combined(match.groupdict())
    if not text[:1].isdigit():
        return web_error_of_text(text)
    match = _SQUID.match(text)
    if match:
        part = match.groupdict()
        fields = {name: value for name, value in part.items() if value not in (None, "", "-")}
        return fields | {"cs-method": part["method"], **_uri(part["url"])}
    if _IIS_LINE.match(text):
        return w3c_row(IIS_DEFAULT, text.split(" "))
    return web_error_of_text(text) or _haproxy(text)


def parse_web_access(text: str) -> Fields:
    """One line of any of these. Raises EventFault `not_web_access`."""
    found = web_access_of_text(text)
    if found is None:
        raise EventFault(
            "not_web_access", "no access or error log of Apache, nginx, squid, IIS or HAProxy"
        )
    return found


def _combined(part: dict[str, Any]) -> Fields:
    fields: Fields = {name: value for name, value in part.items() if value not in (None, "", "-")}
    if "," in part["client"]:  # `X-Forwarded-For` in the client's place: the client, then proxies
        fields["x-forwarded-for"] = part["client"]
        fields["client"] = part["client"].partition(",")[0]
    request = str(part["request"])
    method, _, rest = request.partition(" ")
    path, _, version = rest.rpartition(" ") if " HTTP/" in rest else (rest, "", "")
    fields |= {"cs-method": method, "cs-version": version, **_uri(path)}
    return fields


def _haproxy(text: str) -> Fields | None:
    match = _HAPROXY.match(text)
    return _combined(match.groupdict()) if match else None


def _uri(uri: str) -> Fields:
    """A request's address under the names of web servers' rules and of proxies'."""
    stem, _, query = uri.partition("?")
    found: Fields = {"c-uri": uri, "cs-uri": uri, "cs-uri-stem": stem}
    if query:
        # Rules of web servers ask `cs-uri-query` for paths too: it is all that was asked for.
        found["c-uri-query"] = query
    found["cs-uri-query"] = uri
    _, scheme, host = stem.partition("://")
    if scheme:
        found["cs-host"] = host.partition("/")[0]
    elif "/" not in stem and ":" in stem:  # CONNECT names a host and a port, no path
        found["cs-host"] = stem
        return found
    dot = stem.rsplit("/", 1)[-1].rpartition(".")
    if dot[1]:
        found["c-uri-extension"] = dot[2]
    return found


def w3c_row(names: Sequence[str], values: Sequence[str]) -> Fields:
    """A row of a W3C extended log. Raises EventFault `not_web_access` where columns are missing."""
    if len(names) != len(values):
        raise EventFault(
            "not_web_access", f"{len(values)} columns where the header has {len(names)}"
        )
    found: Fields = {name: value for name, value in zip(names, values, strict=True) if value != "-"}
    for name in ("cs(User-Agent)", "cs(Referer)", "cs(Cookie)"):
        if name in found:
            found[name] = found[name].replace("+", " ")
    return found


def web_access_fields(document: Fields) -> Fields:
    fields = NAMES.add_to(document)
    stem = fields.get("cs-uri-stem")
    if isinstance(stem, str) and "c-uri" not in fields:
        query = fields.get("cs-uri-query")
        fields["c-uri"] = f"{stem}?{query}" if query else stem
        fields["cs-uri-query"] = fields["c-uri"]
    for name in _NUMBERS:
        value = fields.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
            fields[name] = int(value)
    return tagged(fields, _source(fields))


def _source(fields: Mapping[str, Any]) -> str:
    if fields.get(ERROR_LOG) in ("apache", "nginx"):
        return f"//{fields[ERROR_LOG]}"
    if "peer" in fields or "r-ip" in fields or "s-action" in fields:
        return "proxy//"
    if "s-ip" in fields or "cs(User-Agent)" in fields:
        return "webserver/windows/iis"
    return "webserver//apache,nginx"


MARKS = (("cs-method", "cs-uri-stem"), ("cs-method", "c-uri"))
"""Of rows of a W3C log, and of the JSON that nginx and Apache are often told to write."""
