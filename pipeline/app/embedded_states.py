"""An embedded store as a working place: the states that go with its tables (shell).

Beside ClickHouse's own files the folder holds `fenghuo-states.msgpack`: state by key, the
registry and policy in force, and how many inputs were applied. It is written after the rows
and replaced as a whole, so a later command (another file, an analyst's word) goes on where
the last one stopped.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from pipeline.campaigns.step import forget_enterprise
from pipeline.files.replacing import replace_file
from pipeline.policy import Policy
from pipeline.state import (
    ANY_PARTITION,
    State,
    StateFault,
    StateKey,
    campaign_state,
    decode_state,
    encode_state,
    fresh_state,
    is_campaign_key,
    split_key,
)
from schemas.registry import Enterprise, Registry

STATES_FILE = "fenghuo-states.msgpack"


class _Saved(msgspec.Struct):
    applied: int = 0
    rule_set_id: str = ""
    policy: Policy = Policy()
    registry: dict[str, Enterprise] = {}
    states: dict[str, bytes] = {}


class EmbeddedStates:
    """States by key, decoded when first wanted; the runner's memory for files.

    Raises StateFault for a file that another release wrote, or that is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / STATES_FILE
        try:
            self._saved = msgspec.msgpack.decode(self._path.read_bytes(), type=_Saved)
        except FileNotFoundError:
            self._saved = _Saved()
        except msgspec.DecodeError as fault:
            raise StateFault(
                f"{self._path} cannot be read ({fault}): start the release that wrote it, or"
                " restore the folder from a backup"
            ) from fault
        self._live: dict[str, State] = {}

    @property
    def is_kept(self) -> bool:
        """Whether the store has states of its own: one that a worker writes has none."""
        return self._path.exists()

    @property
    def applied(self) -> int:
        """How many inputs were applied to this store before; the next one's offset."""
        return self._saved.applied

    @property
    def policy(self) -> Policy:
        """The policy last used on this store."""
        return self._saved.policy

    @property
    def registry(self) -> Registry:
        """The enterprises last used on this store."""
        return self._saved.registry

    def adopt(self, rule_set_id: str, policy: Policy, registry: Registry) -> None:
        """What is in force from now on."""
        self._saved.rule_set_id = rule_set_id
        self._saved.policy = policy
        self._saved.registry = {**self._saved.registry, **registry}

    def count(self, inputs: int) -> None:
        """So many more inputs were applied."""
        self._saved.applied += inputs

    def names(self) -> list[str]:
        """Every name with a state."""
        return sorted({*self._saved.states, *self._live})

    def names_of(self, enterprise_id: str) -> list[str]:
        """Of one enterprise: in earnest, and of each drill."""
        return [name for name in self.names() if split_key(name)[0] == enterprise_id]

    def forget_enterprise(self, enterprise_id: str) -> None:
        """Delete its states, its row and its part in the states of indicators, and save."""
        for name in self.names_of(enterprise_id):
            self._live.pop(name, None)
            self._saved.states.pop(name, None)
        for name in filter(is_campaign_key, self.names()):
            state = campaign_state(self.recall(StateKey(ANY_PARTITION, name)))
            forget_enterprise(state, enterprise_id)
        self._saved.registry.pop(enterprise_id, None)
        self.save()

    def recall(self, key: StateKey) -> State:
        """The state of a key, for the runner to change; fresh if there is none."""
        name = key.name
        state = self._live.get(name)
        if state is None:
            saved = self._saved.states.get(name)
            state = fresh_state(name) if saved is None else decode_state(name, saved)
            self._live[name] = state
        return state

    def remember(self, states: Mapping[StateKey, State]) -> None:
        """Kept in memory already; `save` makes them durable."""

    def forget(self, keys: Iterable[StateKey]) -> None:
        """Go back to what was last saved."""
        for key in keys:
            self._live.pop(key.name, None)

    def replace(self, states: Mapping[str, State]) -> None:
        """These instead of all that were there."""
        self._saved.states = {}
        self._live = dict(states)

    def save(self) -> None:
        """Write every state that was used since, the file being replaced as a whole.

        One that is empty is not kept.
        """
        for key, state in self._live.items():
            self._saved.states[key] = encode_state(state)
            if state == fresh_state(key):
                del self._saved.states[key]
        # Renamed into place: a crash leaves the old file or the new one, and never half of one.
        replace_file(self._path, msgspec.msgpack.encode(self._saved))
