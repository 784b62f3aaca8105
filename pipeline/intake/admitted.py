"""What comes of a Kafka record before anything is done with it: whose state it may touch."""

from typing import TypeAlias

import msgspec

from pipeline.intake.admission import Refusal
from schemas.batch import Batch, Record, Unreadable
from schemas.command import Command
from schemas.sighting import Sighting

Content: TypeAlias = Batch | Command | Sighting | Refusal | Unreadable

STRANGER = ""
"""The state key of whoever is not known, or not proved: nothing is ever remembered under it."""


class Admitted(msgspec.Struct, frozen=True):
    """A record, what it says, and the key of the state that it reads and writes.

    The key is STRANGER wherever the record is refused, whatever name it bears.
    """

    record: Record
    content: Content
    state_key: str = STRANGER
