"""The states that a worker leaves in its changelog, taken over into an embedded store (shell).

So that an analyst's commands work on the demonstration's store after its broker is gone.
"""

from collections.abc import Mapping

from pipeline.app.embedded_states import EmbeddedStates
from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.naming import changelog_name
from pipeline.kafka.past_records import Period, read_period
from pipeline.state import decode_state
from pipeline.worker.ledger import Ledger

_EVERYTHING = Period(0, 2**62)


def read_states(access: KafkaAccess, group: str) -> Mapping[str, bytes]:
    """Encoded states by key, as the next worker of this group would recover them.

    Call it when no worker of the group runs. Raises kafka.errors.KafkaError.
    """
    data: dict[bytes, bytes] = {}
    for record in read_period(access, [changelog_name(group)], _EVERYTHING):
        if record.value:
            data[record.key] = record.value
        else:
            data.pop(record.key, None)
    ledger = Ledger(data, _no_send)
    ledger.open()
    partitions = {int(key.split(b"/", 1)[0]) for key in data}
    return {key.name: ledger.state(key).state for key in ledger.state_keys(partitions)}


def keep_states(states: EmbeddedStates, encoded: Mapping[str, bytes]) -> None:
    """Make them the embedded store's own."""
    states.replace({key: decode_state(key, data) for key, data in encoded.items()})
    states.save()


async def _no_send(partition: int, key: bytes, value: bytes | None) -> None:
    raise AssertionError("only read")
