"""The ledger: states and positions in a change-logged table, safe from writers of the past.

Rule 1. The key of a record holds partition, generation, kind and name. The generation is that
        of the consumer group when the source record was fetched.
Rule 2. Of the records of one name in one partition, that of the highest generation counts;
        the lower ones are garbage. A worker that was paused, lost its partition and wakes up
        can only bring back a key that no longer counts. (A generation inside the value would
        not do: compaction keeps the last writer of a key, not the highest.)
Rule 3. Writing under a newer generation deletes the older key, after the new one is sent.
Rule 4. States are confirmed by the broker before the positions are sent: a position is never
        ahead of a state.
Rule 5. A state that is empty is deleted, at a timer. What a late writer brings
        back of it has been past its time since, and the next timer deletes it again.
Rule 6. A position is of a log: a topic under the id that the broker gave it. One that is deleted
        and made again is another log, so nothing that was applied of the old one is taken for
        applied of the new one.
Rule 7. A state lies in the partition of its records. One that lies elsewhere was left behind when
        partitions were added: its worker would begin anew, so none may (`repartition.py`).
Rule 8. The generation never runs backwards, even where the group's does (a group that was
        deleted or has expired): the larger of it and the highest seen in the partition counts.
Rule 9. What time it is, the broker says of a write. Where there is nothing to write, a name that
        no record bears is deleted (`time_query`): it changes nothing, whoever sends it and when.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from collections.abc import Set as AbstractSet
from typing import Literal, TypeAlias

import msgspec

from pipeline.state import StateKey

TopicPartition: TypeAlias = tuple[str, int]
Kind: TypeAlias = Literal["state", "position"]
Name: TypeAlias = tuple[int, Kind, str]
"""Partition, kind, and the name of a state or of a log."""
Send: TypeAlias = Callable[[int, bytes, bytes | None], Awaitable[object]]
"""Partition, key, value (None deletes): to the changelog; done when the broker has confirmed."""


NO_GENERATION = -1
"""Before the first assignment; a group's generations start at 0 or 1."""


class Ownership:
    """The last assignment announced, and whether the ledger may be opened for it.

    Faust learns of a generation in another thread, before its own callbacks run, so a number read
    in passing may already belong to the next assignment. Partitions and generation are therefore
    taken together, in the callback for which the consumer waits; a recovery counts only for the
    assignment that was announced before it; and everything else asks here.
    """

    def __init__(self) -> None:
        self.generation = NO_GENERATION
        self.partitions: frozenset[int] = frozenset()
        self.is_recovered = False

    def assign(self, generation: int, partitions: AbstractSet[int]) -> None:
        """These partitions are ours in this generation; their table is not whole yet."""
        self.generation = generation
        self.partitions = frozenset(partitions)
        self.is_recovered = False

    def revoke(self) -> None:
        """None are ours until the next assignment: what is in hand belongs to its owners."""
        self.assign(NO_GENERATION, frozenset())

    def recover(self, generation: int) -> None:
        """The table is whole; of another assignment than the announced one it means nothing."""
        if generation == self.generation:
            self.is_recovered = True

    def may_begin(self, generation: int) -> bool:
        """Whether the ledger may be opened for this generation."""
        return self.is_recovered and generation == self.generation


class StateRecord(msgspec.Struct, frozen=True, array_like=True):
    """One state: the last offset applied to it, by the name of the log, and the state encoded.

    That offset never goes back: what is read again was applied before.
    """

    applied: dict[str, int]
    state: bytes


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where reading goes on; `faults` is how often the engine has raised on a record from there up
    to the offset `faulted`."""

    next_offset: int
    faults: int = 0
    faulted: int = -1


_encoder = msgspec.msgpack.Encoder()
_state_decoder = msgspec.msgpack.Decoder(StateRecord)
_position_decoder = msgspec.msgpack.Decoder(Position)
NO_STATE = StateRecord({}, b"")


def log_name(topic: str, topic_id: str) -> str:
    """`topic@id`; the topic alone on a broker that gives topics no id."""
    return f"{topic}@{topic_id}" if topic_id else topic


def topic_of(log: str) -> str:
    """The topic of a log; Kafka allows no `@` in its name."""
    return log.partition("@")[0]


def key_of(name: Name, generation: int) -> bytes:
    """The table's key: `3/17/state/acme`."""
    partition, kind, text = name
    return f"{partition}/{generation}/{kind}/{text}".encode()


def time_query(partition: int) -> bytes:
    """The key of rule 9: no log has an empty name."""
    return key_of((partition, "position", ""), 0)


def parse_key(key: bytes) -> tuple[Name, int]:
    """The name and generation back; raises ValueError for a key that is not the ledger's."""
    # At most three times: a name may hold slashes of its own.
    partition, generation, kind, text = key.decode().split("/", 3)
    if kind not in ("state", "position"):
        raise ValueError(f"not a key of the ledger: {key!r}")
    return (int(partition), kind, text), int(generation)  # type: ignore[return-value]  # checked


def encode_record(record: StateRecord | Position) -> bytes:
    """The table's value."""
    return _encoder.encode(record)


def read_state_record(value: bytes) -> StateRecord:
    """The value of a state back."""
    return _state_decoder.decode(value)


def latest_of(table: Iterable[bytes]) -> dict[Name, int]:
    """The generation that counts of each name, by rule 2."""
    latest: dict[Name, int] = {}
    for name, generation in map(parse_key, table):
        latest[name] = max(generation, latest.get(name, generation))
    return latest


def positions_of(data: Mapping[bytes, bytes]) -> dict[tuple[str, int], int]:
    """Where reading goes on, by log and partition: what the table says by rule 2."""
    return {
        (name[2], name[0]): _position_decoder.decode(data[key_of(name, generation)]).next_offset
        for name, generation in latest_of(data).items()
        if name[1] == "position"
    }


class Ledger:
    """States and positions by partition, over `data`, the table's own mapping."""

    def __init__(self, data: MutableMapping[bytes, bytes], send: Send) -> None:
        self._data = data
        self._send = send
        self._generation: dict[Name, int] = {}
        self._highest: dict[int, int] = {}
        self._garbage: dict[int, list[bytes]] = {}

    def open(self) -> None:
        """Read the table anew: after an assignment, once it has been recovered (rule 2)."""
        found: defaultdict[Name, list[int]] = defaultdict(list)
        for key in self._data:
            name, generation = parse_key(key)
            found[name].append(generation)
        self._generation = {name: max(generations) for name, generations in found.items()}
        self._highest, self._garbage = {}, {}
        for name, generations in found.items():
            counts = self._generation[name]
            self._highest[name[0]] = max(counts, self._highest.get(name[0], 0))
            old = [key_of(name, each) for each in generations if each != counts]
            self._garbage.setdefault(name[0], []).extend(old)

    def generation(self, partition: int, of_group: int) -> int:
        """Under which generation to write what the group's generation `of_group` fetched."""
        return max(of_group, self._highest.get(partition, 0))

    def state(self, key: StateKey) -> StateRecord:
        """The state's record, NO_STATE if there is none."""
        data = self._get((key.partition, "state", key.name))
        return NO_STATE if data is None else read_state_record(data)

    def position(self, partition: int, log: str) -> Position | None:
        """Where to go on in this partition of the log; None if it was never read."""
        data = self._get((partition, "position", log))
        return None if data is None else _position_decoder.decode(data)

    def state_keys(self, partitions: AbstractSet[int]) -> list[StateKey]:
        """Every state held in these partitions."""
        return [StateKey(*each) for each in self._names("state", partitions)]

    def logs(self, partitions: AbstractSet[int]) -> list[tuple[int, str]]:
        """Every log that has a position in these partitions."""
        return list(self._names("position", partitions))

    def _names(self, kind: Kind, partitions: AbstractSet[int]) -> Iterator[tuple[int, str]]:
        for partition, of_kind, name in self._generation:
            if of_kind == kind and partition in partitions:
                yield partition, name

    def put(
        self, name: Name, generation: int, record: StateRecord | Position
    ) -> list[Awaitable[object]]:
        """Write a record; the writes to wait for. A lower generation than counts is garbage."""
        key, value = key_of(name, generation), encode_record(record)
        counts = self._generation.get(name, generation)
        # Sent before the old one is deleted: a death in between leaves both, and the higher counts.
        writes = [self._send(name[0], key, value)]
        self._data[key] = value
        writes += [self._delete(name[0], old) for old in self._garbage.pop(name[0], [])]
        # A lower one is a late writer's: it lies in the table, and nobody reads it.
        if generation >= counts:
            self._generation[name] = generation
            self._highest[name[0]] = max(generation, self._highest.get(name[0], 0))
        if generation > counts:
            writes.append(self._delete(name[0], key_of(name, counts)))
        return writes

    def drop(self, name: Name) -> list[Awaitable[object]]:
        """Delete a record (rule 5); the writes to wait for."""
        counts = self._generation.pop(name, None)
        old = self._garbage.pop(name[0], [])
        last = [] if counts is None else [key_of(name, counts)]
        return [self._delete(name[0], key) for key in (*old, *last)]

    def _get(self, name: Name) -> bytes | None:
        generation = self._generation.get(name)
        return None if generation is None else self._data[key_of(name, generation)]

    def _delete(self, partition: int, key: bytes) -> Awaitable[object]:
        self._data.pop(key, None)
        return self._send(partition, key, None)
