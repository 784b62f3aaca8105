"""More partitions: which states lie elsewhere than their records will, and what moves them. Pure.

With more partitions a key's records come into another one, and its state has to go there before
them. A move that was cut short is planned again over what it left, and comes to the same:

Rule 1. All states are written where they belong before any is deleted where it was.
Rule 2. What is where it belongs stays as it is: an earlier attempt brought it there, or, since a
        worker that was paused may bring back a state that was moved, it is the later one.
Rule 3. A state that moves has nothing applied: offsets are of a partition, and those of its old
        one would have its first records taken for applied. All that was in there has been.
"""

from collections.abc import Iterable, Mapping

import msgspec

from pipeline.state import StateKey, record_key
from pipeline.worker.ledger import (
    Name,
    StateRecord,
    encode_record,
    key_of,
    latest_of,
    parse_key,
    read_state_record,
)
from schemas.topics import partition_of


class StatesMisplaced(Exception):
    """States were left behind in other partitions than their records come in."""


class Change(msgspec.Struct, frozen=True):
    """A record of the changelog; `value` None deletes."""

    partition: int
    key: bytes
    value: bytes | None


class Move(msgspec.Struct, frozen=True):
    """What to write, and what to delete after all of it is written."""

    written: list[Change]
    deleted: list[Change]


def home_of(state_name: str, partitions: int) -> int:
    """Where the records of a state come, its topics having so many partitions."""
    return partition_of(record_key(state_name), partitions)


def misplaced(keys: Iterable[StateKey], partitions: int) -> list[StateKey]:
    """Those that lie elsewhere than their records come."""
    return [key for key in keys if home_of(key.name, partitions) != key.partition]


def plan_move(table: Mapping[bytes, bytes], partitions: int) -> Move:
    """What brings every state of the table to its place among so many partitions."""
    latest = latest_of(table)
    held = (StateKey(place, name) for place, kind, name in latest if kind == "state")
    strays = {_name_of(*key): _name_of(home_of(key.name, partitions), key.name)
              for key in misplaced(held, partitions)}  # fmt: skip
    written: dict[Name, Change] = {}
    for name in sorted(strays, key=latest.__getitem__):  # of several, the highest generation stands
        generation, home = latest[name], strays[name]
        if home not in latest:
            moved = StateRecord({}, read_state_record(table[key_of(name, generation)]).state)
            written[home] = Change(home[0], key_of(home, generation), encode_record(moved))
    deleted = [Change(parse_key(key)[0][0], key, None) for key in table
               if parse_key(key)[0] in strays]  # fmt: skip
    return Move([*written.values()], deleted)


def _name_of(partition: int, state_name: str) -> Name:
    return (partition, "state", state_name)
