"""Made enterprises with real keys: a registry to publish, test and drill with."""

import base64
import random
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pipeline.simulate.draws import draw_from, seed_bytes
from pipeline.simulate.names import CITIES, EXAMPLE, HOUSES, SECTORS, Sector
from schemas.provinces import PROVINCES, SEPARATE_CITIES, XPCC_PROVINCE
from schemas.registry import Enterprise, PublishingKey

Publisher: TypeAlias = tuple[Enterprise, bytes]
"""An enterprise and the 32 bytes of its Ed25519 private key (RFC 8032)."""

KEY_ID = "k1"
_SEPARATE_SHARE = 0.3
_CRITICAL_SHARE = 0.12
_XPCC_SHARE = 0.2


def make_registry(seed: int, enterprises: int) -> list[Publisher]:
    """`enterprises` made enterprises: every province in turn, sectors drawn, keys from the seed."""
    return [_make_publisher(seed, number) for number in range(enterprises)]


def signing_key(private: bytes) -> Ed25519PrivateKey:
    """The key object of a publisher's private bytes."""
    return Ed25519PrivateKey.from_private_bytes(private)


def _make_publisher(seed: int, number: int) -> Publisher:
    enterprise_id = f"ent-{number + 1:05d}"
    draw = draw_from(seed, "enterprise", enterprise_id)
    private = seed_bytes(seed, "key", enterprise_id)
    return _make_enterprise(draw, enterprise_id, number, _public_key(private)), private


def _public_key(private: bytes) -> PublishingKey:
    public = signing_key(private).public_key().public_bytes_raw()
    return PublishingKey(key_id=KEY_ID, public_key=base64.b64encode(public).decode())


def _make_enterprise(
    draw: random.Random, enterprise_id: str, number: int, key: PublishingKey
) -> Enterprise:
    province = tuple(PROVINCES)[number % len(PROVINCES)]
    city = _city_of(draw, province)
    sector = _sector_of(draw, number)
    persons = int(sector.persons * draw.random() ** 2)
    return Enterprise(
        enterprise_id=enterprise_id,
        name=_name_of(draw, city or province, sector),
        province=province,
        city=city,
        sector=sector.key,
        field=sector.field,
        xpcc=province == XPCC_PROVINCE and draw.random() < _XPCC_SHARE,
        critical_infrastructure=draw.random() < _CRITICAL_SHARE,
        central_organ=False,
        data_classes=sector.data_classes,
        persons=persons,
        sensitive_persons=persons // draw.randrange(5, 50),
        shared_entities=("DC-01", f"10.{number % 250 + 1}.0.10"),
        networks=(f"10.{number % 250 + 1}.0.0/16",),
        keys=(key,),
    )


def _city_of(draw: random.Random, province: str) -> str:
    cities = [city.code for city in SEPARATE_CITIES.values() if city.province == province]
    return cities[0] if cities and draw.random() < _SEPARATE_SHARE else ""


def _sector_of(draw: random.Random, number: int) -> Sector:
    """The first ones go round the table, so that a small registry has every kind of network."""
    return SECTORS[number] if number < len(SECTORS) else draw.choice(SECTORS)


def _name_of(draw: random.Random, place: str, sector: Sector) -> str:
    return f"{EXAMPLE}{CITIES[place]}{draw.choice(HOUSES)}{draw.choice(HOUSES)}{sector.suffix_zh}"
