"""The made network of one enterprise: hosts, people and addresses that its events name.

External addresses come from the ranges kept for documentation (RFC 5737), domains end in
`.example` (RFC 2606): no event of a drill can point at anyone.
"""

import random
from typing import Final

import msgspec

from pipeline.simulate.draws import draw_from
from pipeline.simulate.names import GIVEN_NAMES, SECTORS, SURNAMES
from schemas.registry import Enterprise

DOCUMENTATION_NETWORKS: Final = ("192.0.2", "198.51.100", "203.0.113")

SERVERS: Final = {
    "dc": ("DC-01", 10),
    "fs": ("FS-01", 11),
    "db": ("DB-01", 12),
    "web": ("web-01", 13),
    "app": ("app-01", 14),
    "bk": ("BK-01", 15),
    "vpn": ("vpn-01", 16),
    "bastion": ("bastion-01", 17),
    "ews": ("EWS-01", 30),
    "hmi": ("HMI-01", 31),
    "his": ("HIS-01", 32),
    "plc": ("PLC-01", 40),
    "rtu": ("RTU-01", 41),
}
"""Role to host name and last part of the address in the server network."""

_PROFILES: Final = {sector.key: sector.profile for sector in SECTORS}
_SIZES: Final = (0.33, 0.33, 1.0, 1.0, 2.34)
_DESKS_OF_MEAN: Final = 24


class Desk(msgspec.Struct, frozen=True):
    """A workstation and the person who sits at it."""

    host: str
    ip: str
    user: str


class Site(msgspec.Struct, frozen=True):
    """One enterprise's network; `size` is its traffic relative to the mean."""

    enterprise_id: str
    province: str
    profile: str
    evtx: bool
    """Whether it exports Windows events as EVTX documents rather than flat."""
    size: float
    prefix: str
    domain: str
    desks: tuple[Desk, ...]


def make_site(seed: int, enterprise: Enterprise) -> Site:
    """The network of an enterprise, the same for every period that is simulated."""
    draw = draw_from(seed, "site", enterprise.enterprise_id)
    prefix = ".".join(enterprise.networks[0].split(".")[:2])
    size = draw.choice(_SIZES)
    count = max(4, round(_DESKS_OF_MEAN * size))
    return Site(
        enterprise_id=enterprise.enterprise_id,
        province=enterprise.province,
        profile=_PROFILES[enterprise.sector],
        evtx=draw.random() < 0.3,
        size=size,
        prefix=prefix,
        domain=domain_of(enterprise),
        desks=tuple(_make_desk(draw, prefix, number) for number in range(count)),
    )


def domain_of(enterprise: Enterprise) -> str:
    """The domain that its made hosts are in."""
    return f"{enterprise.enterprise_id}.example"


def _make_desk(draw: random.Random, prefix: str, number: int) -> Desk:
    user = f"{draw.choice(GIVEN_NAMES)}.{draw.choice(SURNAMES)}{number}"
    return Desk(f"WS-{number + 1:04d}", f"{prefix}.{10 + number // 200}.{20 + number % 200}", user)


def draw_external(draw: random.Random) -> str:
    """An address outside: one of 762 that belong to nobody."""
    return f"{draw.choice(DOCUMENTATION_NETWORKS)}.{draw.randrange(1, 255)}"
