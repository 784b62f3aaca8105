"""Time zones by name: what a registry row, an option or a header may say, and what texts carry."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schemas.moments import SHANGHAI

_OFFSET = re.compile(r"(?:UTC|GMT)?([+\-\u2212])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?\Z")
_IANA = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+){1,2}\Z")

ABBREVIATIONS: dict[str, tzinfo] = {
    "Z": UTC,
    "UTC": UTC,
    "GMT": UTC,
    "WET": UTC,
    "CST": SHANGHAI,  # China Standard Time: who writes to this system in CST is in China
    "HKT": timezone(timedelta(hours=8)),
    "SGT": timezone(timedelta(hours=8)),
    "JST": timezone(timedelta(hours=9)),
    "KST": timezone(timedelta(hours=9)),
    "MSK": timezone(timedelta(hours=3)),
    "CET": timezone(timedelta(hours=1)),
    "BST": timezone(timedelta(hours=1)),
    "CEST": timezone(timedelta(hours=2)),
    "EET": timezone(timedelta(hours=2)),
    "EST": timezone(timedelta(hours=-5)),
    "EDT": timezone(timedelta(hours=-4)),
    "CDT": timezone(timedelta(hours=-5)),
    "MST": timezone(timedelta(hours=-7)),
    "MDT": timezone(timedelta(hours=-6)),
    "PST": timezone(timedelta(hours=-8)),
    "PDT": timezone(timedelta(hours=-7)),
}
"""Abbreviations that logs write; `CST` is China's here, as nothing tells it from America's."""


@lru_cache(maxsize=1024)
def zone_of(name: str) -> tzinfo:
    """The zone of an offset (`+08:00`, `+0800`, `UTC+8`), an IANA name (`Asia/Shanghai`) or an
    abbreviation. Raises ValueError for anything else."""
    known = ABBREVIATIONS.get(name.upper())
    if known is not None:
        return known
    offset = _OFFSET.match(name)
    if offset is not None:
        return _fixed(*offset.groups(default="0"))
    if _IANA.match(name):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError):
            pass
    raise ValueError(f"no time zone {name!r}: write it as Asia/Shanghai or +08:00")


def _fixed(sign: str, hours: str, minutes: str, seconds: str) -> tzinfo:
    shift = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    if int(minutes) > 59 or int(seconds) > 59 or shift >= timedelta(hours=24):
        raise ValueError(f"no offset: {sign}{hours}:{minutes}")
    return timezone(shift if sign == "+" else -shift)


def is_zone(name: str) -> bool:
    """Whether `zone_of` knows the name."""
    try:
        zone_of(name)
    except ValueError:
        return False
    return True
