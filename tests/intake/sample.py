"""A golden sample: lines, and what intake makes of one event of them."""

from typing import Any, NamedTuple

EIGHT = "2024-03-01T08:00:00.000000Z"


class Sample(NamedTuple):
    """Lines that are read together; what the event at `at` comes to."""

    name: str
    lines: bytes
    format: str
    source: str
    """category/product/service, as the store's columns hold it."""
    fields: dict[str, Any]
    time: str = EIGHT
    at: int = 0
