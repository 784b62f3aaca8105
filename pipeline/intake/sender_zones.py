"""In which zone a sender's times without an offset are."""

from collections.abc import Mapping
from datetime import UTC

from pipeline.intake.entities import column_of
from pipeline.intake.event_times import time_of
from pipeline.intake.field_map import rows_of
from pipeline.intake.time_shapes import LocalTime
from pipeline.sigma.log_sources import log_source
from schemas.moments import Moment
from schemas.registry import Enterprise
from schemas.time_zones import zone_of


class SenderZones:
    """The zone that the batch names, else the registry's for the host, the format or the
    enterprise, else UTC."""

    def __init__(self, enterprise: Enterprise, time_zone: str, received_at: Moment) -> None:
        self._received_at = received_at
        self._named = {} if time_zone else enterprise.time_zones
        self._usual = self._local(time_zone or enterprise.time_zone)

    def time_of(self, format: str, fields: Mapping[str, object]) -> Moment | None:
        """When the sensor saw it; None where no time field can be read."""
        name = self._named_for(format, fields) if self._named else ""
        return time_of(fields, self._local(name) if name else self._usual)

    def _local(self, name: str) -> LocalTime:
        return LocalTime(zone_of(name) if name else UTC, self._received_at)

    def _named_for(self, format: str, fields: Mapping[str, object]) -> str:
        rows = rows_of(format, log_source(fields).product, "Channel" in fields)
        host = column_of(fields, rows, "host")
        return self._named.get(host) or self._named.get(format, "")
