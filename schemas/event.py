"""An event: one observation by a sensor, normalised and enriched."""

import msgspec

from schemas.moments import Moment


class Event(msgspec.Struct, frozen=True, tag="event"):
    """One event as the engine and the store see it.

    `event_id` is derived from enterprise, line and occurrence. `fields` holds the event
    under Sigma's taxonomy names. `late` means that no correlation could see it any more when it
    came; `future` means further ahead of its receipt than the skew allowance.
    `product`, `category`, `service` are its Sigma log source. Text columns are "" where the
    event has none.
    """

    event_id: str
    batch_id: str
    enterprise_id: str
    province: str
    sector: str
    time: Moment
    received_at: Moment
    late: bool
    future: bool
    format: str
    product: str
    category: str
    service: str
    host: str
    account: str
    source_ip: str
    destination_ip: str
    process: str
    drill: str
    fields: dict[str, object]
    raw: bytes
