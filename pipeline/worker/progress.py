"""How far each log is applied, and the states that came of it: step 3 of `steps.py`.

States first, and once the broker has them, positions (rule 4 of `ledger.py`): of each partition the
first record that is not applied. What is applied beyond it is known by its state's last offset.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence

import msgspec

from pipeline.intake.admitted import STRANGER
from pipeline.state import StateKey
from pipeline.worker.fair_order import Arrival, FairOrder
from pipeline.worker.ledger import Ledger, Position, StateRecord, TopicPartition
from pipeline.worker.sequence import Sequencer


class Progress:
    """What was applied, as the ledger has it and as this worker alone knows since."""

    def __init__(self, ledger: Ledger, order: FairOrder, sequencer: Sequencer) -> None:
        self._ledger = ledger
        self._order = order
        self._sequencer = sequencer
        self._judged: dict[StateKey, dict[str, int]] = {}

    def clear(self) -> None:
        """What waits is read again: only what stands in the ledger is known to be applied."""
        self._judged.clear()

    def next_offset(self, place: TopicPartition) -> int | None:
        """The next offset to apply; None where the partition was not seen since assignment."""
        first = self._order.first(place)
        return self._sequencer.next_offset(place) if first is None else first.offset

    def state(self, key: StateKey) -> StateRecord:
        """As the ledger has it, and up to which records it was judged by since.

        A record that leaves its state as it was (a command refused) costs no write: judged again
        after a death, it finds the same state and says the same. Once another topic's record
        changes the state, that would not be so: then it goes with the state into the ledger.
        """
        record = self._ledger.state(key)
        judged = self._judged.get(key)
        return record if judged is None else msgspec.structs.replace(record, applied=judged)

    def was_applied(self, each: Arrival, states: Mapping[StateKey, StateRecord]) -> bool:
        """A step that was cut short between states and positions has applied it."""
        return each.offset <= states[each.task.key].applied.get(each.log_name, -1)

    async def remember(
        self,
        done: Sequence[Arrival],
        states: Mapping[StateKey, StateRecord],
        changed: Mapping[StateKey, bytes],
    ) -> None:
        """The states that these records changed, then the positions past them.

        `states` are those that the records met.
        """
        generation = {each.task.key: each.delivered.generation for each in done}
        applied = {key: dict(record.applied) for key, record in states.items()}
        for each in done:
            # Applied before, the state may be further on than this record.
            of_log = applied[each.task.key].get(each.log_name, -1)
            applied[each.task.key][each.log_name] = max(each.offset, of_log)
        known = {key: of for key, of in applied.items() if key.name != STRANGER}
        self._judged |= {key: of for key, of in known.items() if key not in changed}
        writes: list[Awaitable[object]] = []
        for key, state in changed.items():
            writes += self._put_state(key, generation[key], StateRecord(applied[key], state))
            self._judged.pop(key, None)
        await asyncio.gather(*writes)
        await self.remember_positions(done)

    async def remember_advanced(
        self,
        records: Mapping[StateKey, StateRecord],
        changed: Mapping[StateKey, bytes],
        generation: int,
    ) -> None:
        """The states that timers changed; one that is empty is let go of (rule 5 of the ledger)."""
        writes: list[Awaitable[object]] = []
        for key, state in changed.items():
            if state:
                record = StateRecord(records[key].applied, state)
                writes += self._put_state(key, generation, record)
            else:
                writes += self._ledger.drop((key.partition, "state", key.name))
        await asyncio.gather(*writes)

    async def remember_positions(self, done: Sequence[Arrival]) -> None:
        """Of each partition the first record that is not applied."""
        self._order.done(done)
        last_of_place = {each.place: each for each in sorted(done, key=lambda each: each.offset)}
        writes: list[Awaitable[object]] = []
        for place, each in last_of_place.items():
            faults, faulted = self.faults(each)
            offset = self.next_offset(place)
            assert offset is not None, "a partition whose records were applied was seen"
            is_past = faulted < offset
            position = Position(offset) if is_past else Position(offset, faults, faulted)
            writes += self._put_position(each, position)
        await asyncio.gather(*writes)

    def faults(self, each: Arrival) -> tuple[int, int]:
        """How often the engine has raised on what its partition awaits, and up to which offset."""
        position = self._ledger.position(each.place[1], each.log_name)
        return (0, -1) if position is None else (position.faults, position.faulted)

    async def remember_faults(self, faulted: Arrival, faults: int) -> None:
        """That the engine has raised so often, up to this record; the position stays."""
        _, faulted_at = self.faults(faulted)
        offset = self.next_offset(faulted.place)
        assert offset is not None, "its partition was seen"
        position = Position(offset, faults, max(faulted_at, faulted.offset))
        await asyncio.gather(*self._put_position(faulted, position))

    def _put_state(
        self, key: StateKey, generation: int, record: StateRecord
    ) -> list[Awaitable[object]]:
        in_force = self._ledger.generation(key.partition, generation)
        return self._ledger.put((key.partition, "state", key.name), in_force, record)

    def _put_position(self, each: Arrival, position: Position) -> list[Awaitable[object]]:
        _, partition = each.place
        in_force = self._ledger.generation(partition, each.delivered.generation)
        return self._ledger.put((partition, "position", each.log_name), in_force, position)
