"""When the sensor saw it: the first of a table of fields that can be read, in the sender's zone."""

import re
from collections.abc import Mapping
from datetime import UTC
from typing import NamedTuple

from pipeline.intake.entities import HOST, columns_of
from pipeline.intake.time_shapes import UNIVERSAL, LocalTime, moment_in
from pipeline.sigma.log_sources import log_source
from pipeline.sigma.memo import Names, by_names
from schemas.moments import Moment
from schemas.registry import Enterprise
from schemas.time_zones import zone_of

TIME_FIELDS = (
    "@timestamp",
    "TimeCreated",
    "TimeCreated_SystemTime",
    "TimeCreated.value",
    "SystemTime",
    "time_dt",
    "requestReceivedTimestamp",
    "stageTimestamp",
    "_SOURCE_REALTIME_TIMESTAMP",
    "__REALTIME_TIMESTAMP",
    "eventtime",
    "time",
    "ts",
    "timestamp",
    "UtcTime",
    "eventTime",
    "EventTime",
    "published",
    "CreationTime",
    "TimeGenerated",
    "Timestamp",
    "createdDateTime",
    "activityDateTime",
    "eventTimestamp",
    "EventTimeUTC",
    "SystemTimeUtc",
    "utc_time",
    "utctime",
    "datetime",
    "dateTime",
    "DateTime",
    "event_time",
    "event.created",
    "event.start",
    "event.ingested",
    "created_at",
    "unixTime",
    "unix_time",
    "calendarTime",
    "_time",
    "rt",
    "devTime",
    "receiveTimestamp",
    "logtime",
    "log_time",
    "start",
    "end",
    "date",
    "local_time",
    "发生时间",
    "事件时间",
    "日志时间",
    "时间",
)
"""The collector's moment before the sensor's local one: `EventTime` carries no offset."""

DATE_AND_TIME = (
    ("date", "time", "tz"),
    ("Date", "Time", "TimeZone"),
    ("log_date", "log_time", "timezone"),
)
"""Names of a date, a time of day and an offset that are written apart."""

PLAIN_NAMES = frozenset({
    "timestamp", "time", "eventtime", "datetime", "date", "ts", "eventtimestamp", "logtime",
    "createdat", "createtime", "createdtime", "occurtime", "occurredat", "starttime", "begintime",
    "happentime", "recordtime", "alarmtime", "attacktime", "reporttime", "gentime",
    "generatedtime", "generatedat", "timecreated", "eventdate", "logdate", "timeutc", "utctime",
    "eventdatetime", "eventcreationtime", "creationdate", "devicetime", "receivetime", "receivedat",
})  # fmt: skip
"""Names without their signs and capitals, looked for where none of the table's is there."""

_TIME_OF_DAY = re.compile(r"\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d{1,9})?\Z")
MOST_NAMES = 400
"""Names of an event that are looked through for one that means a time."""


class TimeNames(NamedTuple):
    """Which fields may hold the time of an event, in the order in which they are asked: those of a
    date and a time apart, then the table's, then those whose names mean a time."""

    apart: tuple[tuple[str, str, str], ...]
    whole: Names


def _time_names(names: Names) -> TimeNames:
    known = frozenset(names)
    return TimeNames(
        tuple(each for each in DATE_AND_TIME if known.issuperset(each[:2])),
        tuple(dict.fromkeys([*filter(known.__contains__, TIME_FIELDS),
                             *filter(_means_time, names[:MOST_NAMES])])),
    )  # fmt: skip


def _means_time(name: str) -> bool:
    plain = "".join(sign for sign in name[-40:].rsplit(".", 1)[-1] if sign.isalnum()).lower()
    return plain in PLAIN_NAMES


TIME_NAMES = by_names(_time_names)


def time_of(
    fields: Mapping[str, object], local: LocalTime = UNIVERSAL, names: Names = ()
) -> Moment | None:
    """When the sensor saw it; None where no time field can be read. `names` are the fields', for
    who has them at hand."""
    apart, whole = TIME_NAMES[names or tuple(fields)]
    for date, clock, offset in apart:
        moment = _of_parts(fields[date], fields[clock], fields.get(offset), local)
        if moment is not None:
            return moment
    for name in whole:
        moment = moment_in(fields[name], local)
        if moment is not None:
            return moment
    return None


def _of_parts(date: object, clock: object, offset: object, local: LocalTime) -> Moment | None:
    if not isinstance(date, str) or not isinstance(clock, str) or not _TIME_OF_DAY.match(clock):
        return None
    if not isinstance(offset, str):
        return moment_in(f"{date} {clock}", local)
    # Without a space a numeric offset makes ISO's form, which is the quickest to read.
    return moment_in(f"{date} {clock}{'' if offset[:1] in ('+', '-') else ' '}{offset}", local)


class SenderZones:
    """The zone that the batch names, else the registry's for the host, the format or the
    enterprise, else UTC."""

    def __init__(self, enterprise: Enterprise, time_zone: str, received_at: Moment) -> None:
        self._received_at = received_at
        self._named = {} if time_zone else enterprise.time_zones
        self._usual = self._local(time_zone or enterprise.time_zone)

    def time_of(
        self, format: str, fields: Mapping[str, object], names: Names = ()
    ) -> Moment | None:
        """When the sensor saw it, as the function `time_of` says."""
        local = self._usual
        if self._named and (name := self._named_for(format, fields)):
            local = self._local(name)
        return time_of(fields, local, names)

    def _local(self, name: str) -> LocalTime:
        return LocalTime(zone_of(name) if name else UTC, self._received_at)

    def _named_for(self, format: str, fields: Mapping[str, object]) -> str:
        host = columns_of(format, log_source(fields).product, fields)[HOST]
        return self._named.get(host) or self._named.get(format, "")
