"""What is remembered, as versioned records by state key, each bounded by a quota of its own.

    E00001, E00001#spring    an enterprise, and each of its drills apart
    #<campaign id>           an indicator, in earnest or in a drill

No enterprise's id holds a `#` (`intake/registry.py`), so the two kinds never meet.
"""

from functools import cache
from typing import NamedTuple, TypeAlias

import msgspec

from pipeline.campaigns.state import CAMPAIGN_STATE_VERSION, CampaignState, SightingsState
from pipeline.commands.gate import CommandsState
from pipeline.correlation.state import CorrelationState
from pipeline.cross_border.state import CrossBorderState
from pipeline.event_time.clock import ClockState
from pipeline.exceptions.state import ExceptionsState
from pipeline.incidents.state import IncidentsState
from pipeline.intake.quota import QuotaState
from pipeline.intake.taken import TakenState
from pipeline.severity.state import SeverityState
from schemas.moments import Moment

STATE_VERSION = 2
"""Raised by whatever a release before could not read or would lose in writing it back: a field
more, too, for workers of both releases run beside each other during an upgrade."""


class StateFault(Exception):
    """A state that this release cannot read: never the fault of the record that met it.

    Whoever meets one ends, and leaves it and the record as they are.
    """


class EnterpriseState(msgspec.Struct):
    """The state of one enterprise, one part a stage; mutable, owned by the engine in a call."""

    version: int = STATE_VERSION
    left_at: Moment = 0
    """When the enterprise was first missed in the registry; 0: it is there."""
    clock: ClockState = msgspec.field(default_factory=ClockState)
    quota: QuotaState = msgspec.field(default_factory=QuotaState)
    taken: TakenState = msgspec.field(default_factory=TakenState)
    correlation: CorrelationState = msgspec.field(default_factory=CorrelationState)
    commands: CommandsState = msgspec.field(default_factory=CommandsState)
    incidents: IncidentsState = msgspec.field(default_factory=IncidentsState)
    severity: SeverityState = msgspec.field(default_factory=SeverityState)
    cross_border: CrossBorderState = msgspec.field(default_factory=CrossBorderState)
    sightings: SightingsState = msgspec.field(default_factory=SightingsState)
    exceptions: ExceptionsState = msgspec.field(default_factory=ExceptionsState)


State: TypeAlias = EnterpriseState | CampaignState

ANY_PARTITION = -1
"""Where there are no partitions: a name has one state."""


class StateKey(NamedTuple):
    """Whose state: the same name in another partition has a state of its own."""

    partition: int
    name: str

    def __str__(self) -> str:
        return f"{self.partition}/{self.name}"


_CAMPAIGN_MARK = "#"
_encoder = msgspec.msgpack.Encoder()
_enterprise_decoder = msgspec.msgpack.Decoder(EnterpriseState)
_campaign_decoder = msgspec.msgpack.Decoder(CampaignState)


def enterprise_key(enterprise_id: str, drill: str) -> str:
    """The state key of an enterprise, or of one of its drills."""
    return f"{enterprise_id}#{drill}" if drill else enterprise_id


def split_key(key: str) -> tuple[str, str]:
    """Enterprise and drill of the state key of an enterprise."""
    enterprise_id, _, drill = key.partition("#")
    return enterprise_id, drill


def campaign_key(campaign_id: str) -> str:
    """The state key of an indicator."""
    return f"{_CAMPAIGN_MARK}{campaign_id}"


def is_campaign_key(key: str) -> bool:
    """Whether it is an indicator's state rather than an enterprise's."""
    return key.startswith(_CAMPAIGN_MARK)


def record_key(key: str) -> bytes:
    """The key of the records that this state is of: it decides their partition, and so its."""
    name = key.removeprefix(_CAMPAIGN_MARK) if is_campaign_key(key) else split_key(key)[0]
    return name.encode()


def enterprise_state(state: State) -> EnterpriseState:
    """The state as an enterprise's, which its key says it is."""
    assert isinstance(state, EnterpriseState), "an indicator's state under an enterprise's key"
    return state


def campaign_state(state: State) -> CampaignState:
    """The state as an indicator's, which its key says it is."""
    assert isinstance(state, CampaignState), "an enterprise's state under an indicator's key"
    return state


def fresh_state(key: str) -> State:
    """The state of which nothing is remembered yet."""
    return CampaignState() if is_campaign_key(key) else EnterpriseState()


def empty(state: State) -> None:
    """Make it as if it had never been: a shell then lets go of it."""
    fresh = type(state)()
    for name in state.__struct_fields__:
        setattr(state, name, getattr(fresh, name))


def encode_state(state: State) -> bytes:
    """The record as MessagePack."""
    if isinstance(state, EnterpriseState):
        # Groups are most of a state: only those that changed are encoded anew.
        packed = state.correlation.with_groups_packed()
        state = msgspec.structs.replace(state, correlation=packed)
    return _encoder.encode(state)


def is_fresh(key: str, record: bytes) -> bool:
    """Whether a record is of a state of which nothing is remembered."""
    return record == _fresh_record(is_campaign_key(key))


@cache
def _fresh_record(is_campaign: bool) -> bytes:
    return encode_state(CampaignState() if is_campaign else EnterpriseState())


class _Versioned(msgspec.Struct):
    version: int


_version_decoder = msgspec.msgpack.Decoder(_Versioned)


def decode_state(key: str, data: bytes) -> State:
    """The record back; raises StateFault for another version or damaged bytes."""
    decoder, readable = (
        (_campaign_decoder, CAMPAIGN_STATE_VERSION)
        if is_campaign_key(key)
        else (_enterprise_decoder, STATE_VERSION)
    )
    try:
        version = _version_decoder.decode(data).version  # first: the rest may have another shape
        if version != readable:
            raise StateFault(_explain_version(key, version, readable))
        state: State = decoder.decode(data)
    except msgspec.DecodeError as fault:
        raise StateFault(
            f"the state of {key} is damaged ({fault}): restore the states from a backup"
        ) from fault
    return state


def _explain_version(key: str, version: int, readable: int) -> str:
    said = f"the state of {key} has version {version}, and this release reads {readable}"
    if version > readable:
        return f"{said}: a newer release wrote it; start that release again"
    return f"{said}: start the release that wrote it, or restore the states from a replay"
