"""Bindings of a template: who takes part in an event, and when it happens.

What belongs together (a workstation, its address, its user) is drawn together. A story keeps
one cast from its first step to its last, so that its events share hosts, accounts and
addresses; an ordinary event draws a new one.
"""

import random
import string
from collections.abc import Callable, Mapping
from typing import Final

from pipeline.simulate.site import SERVERS, Desk, Site, draw_external
from pipeline.simulate.templates import Bindings
from schemas.moments import SECOND, SHANGHAI, Moment, datetime_of, format_moment

_ALPHANUMERIC: Final = string.ascii_letters + string.digits


class Cast:
    """Who takes part: a desk, another desk, two addresses outside, the site's servers.

    `base` is an address outside that the attacker of a campaign goes on from everywhere.
    """

    def __init__(self, draw: random.Random, site: Site, base: str = "") -> None:
        self.site = site
        self.draw = draw
        self.desk, self.other = draw.sample(site.desks, 2)
        self.outside = draw_external(draw)
        self.outside_2 = base or draw_external(draw)
        self.tag = "".join(draw.choices(string.ascii_lowercase, k=6))

    def bind(self, time: Moment, index: int = 0) -> Bindings:
        """The names of one event at `time`, the `index`-th repetition of its step."""
        peer = self.site.desks[index % len(self.site.desks)]

        def lookup(name: str) -> object:
            if name[0].isdigit():
                low, high = name.split(":")
                return self.draw.randrange(int(low), int(high) + 1)
            if name in _OF_DRAW:
                return _OF_DRAW[name](self.draw)
            if name in _OF_CAST:
                return _OF_CAST[name](self)
            if name in _OF_TIME:
                return _OF_TIME[name](time)
            return _OF_STEP[name](peer, index)

        return lookup


def _server_names() -> dict[str, Callable[[Cast], object]]:
    def named(name: str) -> Callable[[Cast], object]:
        return lambda cast: name

    return {role: named(name) for role, (name, _) in SERVERS.items()}


def _server_addresses() -> dict[str, Callable[[Cast], object]]:
    def addressed(part: int) -> Callable[[Cast], object]:
        return lambda cast: f"{cast.site.prefix}.0.{part}"

    return {f"{role}_ip": addressed(part) for role, (_, part) in SERVERS.items()}


def _hexadecimal(digits: int) -> Callable[[random.Random], str]:
    return lambda draw: f"{draw.getrandbits(digits * 4):0{digits}x}"


def _guid(draw: random.Random) -> str:
    text = f"{draw.getrandbits(128):032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _format_local(time: Moment) -> str:
    return datetime_of(time).astimezone(SHANGHAI).isoformat(timespec="microseconds")


def _format_utc(pattern: str, cut: int | None = None) -> Callable[[Moment], str]:
    return lambda time: datetime_of(time).strftime(pattern)[:cut]


_OF_DRAW: Final[Mapping[str, Callable[[random.Random], object]]] = {
    "pid": lambda draw: draw.randrange(400, 30_000),
    "port": lambda draw: draw.randrange(49_152, 65_536),
    "guid": _guid,
    "hex8": _hexadecimal(8),
    "hex64": _hexadecimal(64),
    "logon_id": lambda draw: f"0x{draw.getrandbits(24):x}",
    "uid": lambda draw: "C" + "".join(draw.choices(_ALPHANUMERIC, k=17)),
    "flow_id": lambda draw: draw.getrandbits(50),
    "seconds": lambda draw: round(draw.uniform(0.01, 90), 6),
    "word": lambda draw: "".join(draw.choices(string.ascii_lowercase, k=8)),
}
"""Drawn anew at every place."""

_OF_CAST: Final[Mapping[str, Callable[[Cast], object]]] = {
    "host": lambda cast: cast.desk.host,
    "ip": lambda cast: cast.desk.ip,
    "user": lambda cast: cast.desk.user,
    "host_2": lambda cast: cast.other.host,
    "ip_2": lambda cast: cast.other.ip,
    "user_2": lambda cast: cast.other.user,
    "outside": lambda cast: cast.outside,
    "outside_2": lambda cast: cast.outside_2,
    "tag": lambda cast: cast.tag,
    "domain": lambda cast: cast.site.domain,
    "prefix": lambda cast: cast.site.prefix,
    **_server_names(),
    **_server_addresses(),
}
"""The same through one story."""

_OF_TIME: Final[Mapping[str, Callable[[Moment], object]]] = {
    "iso": format_moment,
    "iso_local": _format_local,
    "epoch": lambda time: time / SECOND,
    "epoch_ms": lambda time: time // 1_000,
    "utc": _format_utc("%Y-%m-%d %H:%M:%S.%f", -3),
    "utc_seconds": _format_utc("%Y-%m-%d %H:%M:%S"),
}

_OF_STEP: Final[Mapping[str, Callable[[Desk, int], object]]] = {
    "peer": lambda peer, index: peer.host,
    "peer_ip": lambda peer, index: peer.ip,
    "peer_user": lambda peer, index: peer.user,
    "index": lambda peer, index: index,
}
"""One desk after another, for a step that goes from machine to machine."""
