"""A time without an offset is read in the zone of the batch, its host, its format or its sender."""

import re

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.event_time.clock import ClockState, EventTimePolicy
from pipeline.intake.event_times import time_of
from pipeline.intake.formats.table import AUTO
from pipeline.intake.reading import read_batch
from pipeline.intake.time_shapes import SHAPES, LocalTime, _assembled, moment_in
from schemas.batch import Batch
from schemas.moments import format_moment, parse_moment
from schemas.registry import Enterprise
from schemas.time_zones import is_zone, zone_of

RECEIVED = parse_moment("2026-01-01T00:01:00Z")
POLICY = EventTimePolicy(lateness_s=300, skew_s=600)
SYSLOG = b"Dec 31 23:58:01 srv1 sshd[812]: Failed password for root"
WINDOWS = orjson.dumps(
    {"EventTime": "2026-01-01 08:00:00", "Channel": "Security", "EventID": 1, "Hostname": "dc1"}
)


def time_read(line: bytes, own: str = "", default: str = "", **named: str) -> str:
    enterprise = Enterprise(
        enterprise_id="E1", name="E1", province="330000", sector="steel", field="industrial",
        time_zone=default, time_zones=named,
    )  # fmt: skip
    batch = Batch(
        enterprise_id="E1", format=AUTO, batch_id="b1", sequence=0, received_at=RECEIVED,
        value=line, time_zone=own,
    )  # fmt: skip
    (event,) = read_batch(batch, enterprise, ClockState(), POLICY).events
    return format_moment(event.time)[:19]


def test_without_any_zone_it_is_utc() -> None:
    assert time_read(WINDOWS) == "2026-01-01T08:00:00"


def test_the_batch_speaks_before_the_host_the_format_and_the_enterprise() -> None:
    zones = {"dc1": "+01:00", "windows": "+02:00"}
    assert time_read(WINDOWS, default="Asia/Shanghai") == "2026-01-01T00:00:00"
    assert time_read(WINDOWS, default="Asia/Shanghai", windows="+02:00") == "2026-01-01T06:00:00"
    assert time_read(WINDOWS, default="Asia/Shanghai", **zones) == "2026-01-01T07:00:00"
    assert time_read(WINDOWS, "+03:00", "Asia/Shanghai", **zones) == "2026-01-01T05:00:00"


def test_an_offset_in_the_text_is_not_overruled() -> None:
    line = b'{"@timestamp":"2026-01-01T00:00:00Z","Channel":"Security","EventID":1}'
    assert time_read(line, "Asia/Shanghai") == "2026-01-01T00:00:00"


@pytest.mark.parametrize(
    ("line", "zone", "time"),
    [
        (SYSLOG, "", "2025-12-31T23:58:01"),
        (b"Jan  1 00:00:15 srv1 sshd[812]: x", "", "2026-01-01T00:00:15"),
        (b"Jan  1 08:00:15 srv1 sshd[812]: x", "+08:00", "2026-01-01T00:00:15"),
        (b"Feb 29 08:00:00 srv1 sshd[812]: x", "", "2024-02-29T08:00:00"),
    ],
)
def test_a_year_that_is_left_out_is_the_last_before_the_receipt(
    line: bytes, zone: str, time: str
) -> None:
    assert time_read(line, zone) == time


@pytest.mark.parametrize("name", ["Mars/Olympus", "+25:00", "../etc/passwd", "+08:99", "x" * 500])
def test_what_is_no_zone_is_refused(name: str) -> None:
    assert not is_zone(name)


@pytest.mark.parametrize(
    "value",
    [
        "2024-03-01T08:00:00Z", "2024-03-01t08:00:00z", "2024-03-01 08:00:00", 1709280000,
        "2024-03-01T16:00:00+08:00", "2024-03-01T08:00:00,000Z", "20240301T080000Z", "1709280000",
        1709280000.0, 1709280000000, 1709280000000000, 1709280000000000000, "1709280000000",
        "/Date(1709280000000)/", "01/Mar/2024:08:00:00 +0000", "01/Mar/2024:16:00:00 +0800",
        "Fri, 01 Mar 2024 08:00:00 GMT", "Mar 01 2024 08:00:00", "3/1/2024 8:00:00 AM",
        "2024/03/01 08:00:00", "2024-03-01T08:00Z", "2024-03-01T08:00:00.000000000Z",
        "2024年03月01日 08:00:00", "2024-03-01 16:00:00 CST",
    ],
)  # fmt: skip
def test_every_shape_of_a_moment_is_the_same_moment(value: object) -> None:
    local = LocalTime(zone_of("UTC"), RECEIVED)
    assert time_of({"time": value}, local) == parse_moment("2024-03-01T08:00:00Z")


def test_a_day_before_its_month_is_told_by_its_number() -> None:
    assert time_of({"time": "31/12/2024 08:00:00"}) == parse_moment("2024-12-31T08:00:00Z")


def test_a_leap_second_is_read() -> None:
    assert time_of({"time": "2016-12-31T23:59:60Z"}) == parse_moment("2017-01-01T00:00:00Z")


@pytest.mark.parametrize("value", ["", "soon", "2024-13-01", "2024-02-30T00:00:00Z", True, -5])
def test_what_is_no_moment_is_none(value: object) -> None:
    assert time_of({"time": value}) is None


def by_every_shape(text: str, local: LocalTime) -> int | None:
    """Each expression tried in order."""
    for found in filter(None, (re.fullmatch(each, text) for each in SHAPES.values())):
        try:
            return _assembled(found.groupdict(), local)
        except (ValueError, OverflowError):
            continue
    return None


SLASHED = st.from_regex(r"(0001|2024|9999)/[01]\d/[0-3]\d [0-2]\d:[0-6]\d:[0-6]\d", fullmatch=True)
BSD = st.from_regex(r"(Jan|feb|MAR|Xyz) [ 0-3]\d [0-2]\d:[0-6]\d:[0-6]\d", fullmatch=True)
ACCESS = st.from_regex(
    r"[0-3]\d/(Jan|Feb|MAR|Xyz)/(0001|2024|9999):[0-2]\d:[0-6]\d:[0-6]\d [+-][0-2]\d[0-6]\d",
    fullmatch=True,
)


@given(SLASHED | BSD | ACCESS, st.sampled_from(["", ".5", " +0800", " 2024", "\u0661", " AM"]),
       st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York", "+23:59"]))  # fmt: skip
@example("2024/03/01 24:00:00", "", "UTC")
@example("2024/12/31 23:59:60", "", "Asia/Shanghai")
@example("2024/11/03 01:30:00", "", "America/New_York")
@example("0001/01/01 00:00:00", "", "+23:59")
@example("01/Mar/2024:08:00:00 -0330", "", "UTC")
@example("01/Jan/0001:00:00:00 +2359", "", "UTC")
@example("31/Dec/2024:23:59:60 +0860", "", "UTC")
@example("Feb 29 08:00:00", "", "UTC")
@example("Mar  1 08:00:00", "", "Asia/Shanghai")
def test_what_is_read_quickly_is_what_every_shape_in_order_says(
    text: str, more: str, zone: str
) -> None:
    local = LocalTime(zone_of(zone), parse_moment("2024-03-02T00:00:00Z"))
    assert moment_in(text + more, local) == by_every_shape(text + more, local)
