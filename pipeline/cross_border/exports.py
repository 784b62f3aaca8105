"""From an event to an export: what left the country, of how many persons, on what ground.

Read from our own data security event, and from OCSF events that say the same under `unmapped`
(OCSF has no object for it). What did not succeed is no export; a destination in Hong Kong, Macao
or Taiwan is abroad (境外) as the instruments use the word.
"""

from collections.abc import Mapping
from typing import get_args

import msgspec

from schemas.cross_border import LegalGround
from schemas.event import Event
from schemas.ids import content_id
from schemas.moments import SHANGHAI, Moment, datetime_of

GROUNDS: tuple[str, ...] = get_args(LegalGround)
PERSONS_MAX = 10_000_000_000
"""More persons than there are: no figure."""
PURPOSE_CHARACTERS = 40
NOT_STATED = "ZZ"
"""The destination that nobody named (a code that ISO 3166-1 leaves to users)."""
HOME = "CN"

NAMES: Mapping[str, Mapping[str, str]] = {
    "data_security": {
        "class": "data.class",
        "persons": "data.persons",
        "sensitive_persons": "data.sensitive_persons",
        "set": "data.subjects.set",
        "digest": "data.subjects.digest",
        "country": "destination.country",
        "ground": "legal_ground",
        "purpose": "purpose",
        "action": "action",
        "outcome": "outcome",
    },
    "ocsf": {
        "class": "unmapped.cross_border.class",
        "persons": "unmapped.cross_border.persons",
        "sensitive_persons": "unmapped.cross_border.sensitive_persons",
        "set": "unmapped.cross_border.subjects.set",
        "digest": "unmapped.cross_border.subjects.digest",
        "country": "dst_endpoint.location.country",
        "ground": "unmapped.cross_border.legal_ground",
        "purpose": "unmapped.cross_border.purpose",
        "action": "unmapped.cross_border.action",
        "outcome": "status",
    },
}
"""Format, and where it says what."""
TELLING_FORMATS = frozenset(NAMES)
"""Events of all others tell of no export."""
FAILED = frozenset({"failure", "denied", "blocked"})
IMPORTANT = frozenset({"important", "core"})
PERSONAL = frozenset({"personal", "sensitive_personal"})


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One export. `subject` names the set of persons, or the event where none is declared.

    `persons` are those of whom only other than sensitive information left. `is_stated` says
    whether their number is known; `is_readable` whether all that it says could be read.
    """

    subject: int
    is_set: bool
    year: int
    persons: int
    sensitive_persons: int
    is_stated: bool
    is_readable: bool
    is_important: bool
    ground: str
    purpose: str
    country: str
    event: Event
    time: Moment


def export_of(event: Event, time: Moment) -> Export | None:
    """The export that an event tells of, in the year of `time`; None: it tells of none.

    `time` is when the event counts as having happened (event_time/clock.py).
    """
    names = NAMES.get(event.format)
    if names is None:
        return None
    said = {key: event.fields[name] for key, name in names.items() if name in event.fields}
    country = _country(said.get("country"))
    if not _is_export(said, country):
        return None
    subject, is_set = _subject(event, said)
    persons, sensitive, is_stated, is_readable = _persons(said)
    ground = said.get("ground")
    return Export(
        subject=subject,
        is_set=is_set,
        year=year_of(time),
        persons=persons,
        sensitive_persons=sensitive,
        is_stated=is_stated,
        is_readable=is_readable and (ground in GROUNDS or not ground),
        is_important=said.get("class") in IMPORTANT,
        ground=str(ground) if ground in GROUNDS else "",
        purpose=_purpose(said.get("purpose")),
        country=country or NOT_STATED,
        event=event,
        time=time,
    )


def year_of(moment: Moment) -> int:
    """The calendar year in China (UTC+8), by which the Provisions count (自当年1月1日起)."""
    return datetime_of(moment).astimezone(SHANGHAI).year


def _is_export(said: Mapping[str, object], country: str) -> bool:
    # What was blocked has not left.
    if str(said.get("outcome", "")).lower() in FAILED:
        return False
    told_as_one = said.get("action") == "cross_border_transfer"
    tells_of_data = "class" in said or "persons" in said
    return told_as_one or (tells_of_data and country not in ("", HOME))


def _country(value: object) -> str:
    """Two capital letters, or "" for what is no code."""
    text = value.strip().upper() if isinstance(value, str) else ""
    return text if len(text) == 2 and text.isascii() and text.isalpha() else ""


def _purpose(value: object) -> str:
    """Its first words, which is what is remembered of it; "" where it is not stated."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text[:PURPOSE_CHARACTERS].rstrip()


def _subject(event: Event, said: Mapping[str, object]) -> tuple[int, bool]:
    """60 bits that name the set, or else the event, which is the same whenever it is sent."""
    for kind in ("set", "digest"):
        name = said.get(kind)
        if isinstance(name, str) and name.strip():
            return _fingerprint(kind, name.strip()), True
    return _fingerprint("event", event.event_id), False


def _fingerprint(kind: str, name: str) -> int:
    # 60 bits: a signed 64-bit integer, of which one bit more tells exempt sets apart.
    return int(content_id("export_subject", kind, name)[:15], 16)


def _persons(said: Mapping[str, object]) -> tuple[int, int, bool, bool]:
    """(others, sensitive, whether the number is stated, whether it could be read).

    `persons` are all persons of the export, `sensitive_persons` those of them whose sensitive
    information is in it: all of them, where the class is sensitive and only one number is given.
    """
    numbers = [_number(said.get(name)) for name in ("persons", "sensitive_persons")]
    is_readable = UNREADABLE not in numbers
    total, sensitive = (None if number == UNREADABLE else number for number in numbers)
    if total is None and sensitive is None:
        return 0, 0, is_readable and said.get("class") not in PERSONAL, is_readable
    if sensitive is None:
        sensitive = total if said.get("class") == "sensitive_personal" else 0
    assert sensitive is not None
    # Sensitive persons have a bound of their own (10,000): counted here, they do not count there.
    return max((total or 0) - sensitive, 0), sensitive, is_readable, is_readable


UNREADABLE = -1


def _number(value: object) -> int | None:
    """A number of persons; None: not given, UNREADABLE: none that can be."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= PERSONS_MAX:
        return value
    return UNREADABLE
