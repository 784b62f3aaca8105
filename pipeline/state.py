"""What is remembered of one enterprise: one versioned record, bounded by a quota of its own."""

import msgspec

from pipeline.correlation.state import CorrelationState
from pipeline.event_time import ClockState
from pipeline.incidents.state import IncidentsState
from pipeline.severity.state import SeverityState

STATE_VERSION = 1
KEPT_BATCH_IDS = 256


class StateFault(ValueError):
    """A state record that this version cannot read: restore it by replaying the topic."""


class EnterpriseState(msgspec.Struct):
    """The state of one enterprise, one part a stage; mutable, owned by the engine in a call."""

    version: int = STATE_VERSION
    clock: ClockState = msgspec.field(default_factory=ClockState)
    batch_ids: list[str] = []
    """The last ids applied, oldest first: a batch sent again is known by its id."""
    correlation: CorrelationState = msgspec.field(default_factory=CorrelationState)
    incidents: IncidentsState = msgspec.field(default_factory=IncidentsState)
    severity: SeverityState = msgspec.field(default_factory=SeverityState)


_decoder = msgspec.msgpack.Decoder(EnterpriseState)
_encoder = msgspec.msgpack.Encoder()


def encode_state(state: EnterpriseState) -> bytes:
    """The record as MessagePack."""
    return _encoder.encode(state)


def decode_state(data: bytes) -> EnterpriseState:
    """The record back; raises StateFault for another version or damaged bytes."""
    try:
        state = _decoder.decode(data)
    except msgspec.DecodeError as fault:
        raise StateFault(f"state record cannot be read: {fault}") from fault
    if state.version != STATE_VERSION:
        raise StateFault(f"state version {state.version}; this release reads {STATE_VERSION}")
    return state
