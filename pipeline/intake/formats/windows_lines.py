"""Flat Windows events from which no rule can follow, told from a few of their fields.

Rule 1: the answer is "no rule matches" or nothing. Whoever gets nothing reads the whole
event and asks the rules; so only a ruling out must be right.
Rule 2: of a line only what the plan of its channel and event id looks at is built. Consecutive
lines are often of one kind: each is first read as the one before, then, if it was of
another kind, as its own.
Rule 3: what this reading might understand otherwise than the whole reading does (text that
is not UTF-8, nested shapes, other names for a field, a field new to the plan, a number
beyond 64 bits) is left to it.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from pipeline.sigma.plan import Plan
from pipeline.sigma.ruleset import RuleSet
from pipeline.sigma.sources import SOURCE_FIELD

Never = Annotated[int, msgspec.Meta(gt=1, lt=0)]
"""The type of a key that must not be there: no value has it."""

NESTED_KEYS = ("Event", "winlog", "event_data", SOURCE_FIELD)
"""Keys of the shapes that are not flat."""
ALIASES = {"Provider_Name": "SourceName", "Computer": "Hostname"}
RENAMED_EVENT_ID = "4688"
"""Its process fields have other names, so that it is always read as a whole."""

READERS_KEPT = 1024
REFUSALS_BORNE = 200
"""Lines that could not be read so, more than could, after which no more are tried."""


class Reader:
    """The events of one channel and event id, as their plan wants them."""

    __slots__ = ("absent", "channel", "consulted", "decode", "event_id", "flat", "plan")

    def __init__(self, channel: str, event_id: int | str, plan: Plan) -> None:
        self.channel = channel
        self.event_id = event_id
        self.plan = plan
        self.arrange()

    def arrange(self) -> None:
        """The decoder for the fields that the plan reads now."""
        self.flat = self.plan.flat
        names = [name for name, _, _ in self.flat if name not in ("Channel", "EventID")]
        attributes = {name: f"f{number}" for number, name in enumerate(names)}
        self.consulted = [
            (attributes[name], ALIASES.get(name, ""), known, memory)
            for name, known, memory in self.flat
            if name in attributes
        ]
        taken = {"Channel", "EventID", *NESTED_KEYS, *attributes}
        taken.update(ALIASES[name] for name in attributes if name in ALIASES)
        absent = sorted(self.plan.absent_keys - taken)
        self.absent = [f"a{number}" for number in range(len(absent))]
        self.decode = _decoder(attributes, absent)

    def rules_out(self, event: Any, line: bytes) -> bool:
        for name in self.absent:
            if getattr(event, name) is not msgspec.UNSET:
                return False
        return self.plan.rules_out(event, self.consulted, line)


def _decoder(attributes: dict[str, str], absent: Sequence[str]) -> Any:
    keys = {"channel": "Channel", "event_id": "EventID"}
    fields: list[Any] = [("channel", str), ("event_id", int | str)]
    for name, attribute in attributes.items():
        keys[attribute] = name
        fields.append((attribute, Any, msgspec.UNSET if name in ALIASES else None))
    for name, source in ALIASES.items():
        if name in attributes:
            keys[source] = source
            fields.append((source, Any, None))
    for number, name in enumerate(NESTED_KEYS):
        keys[f"n{number}"] = name
        fields.append((f"n{number}", Never | msgspec.UnsetType, msgspec.UNSET))
    for number, name in enumerate(absent):
        keys[f"a{number}"] = name
        fields.append((f"a{number}", Any, msgspec.UNSET))
    shape = msgspec.defstruct("FlatEvent", fields, rename=keys, gc=False)
    return msgspec.json.Decoder(shape).decode


class WindowsLines:
    """Beside a rule set; learns its plans as it meets them."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.readers: dict[tuple[str, int | str], Reader] = {}
        self.last = Reader("", "", Plan(()))
        self.refusals = 0

    def rules_out(self, line: bytes) -> bool:
        """Whether no rule can match this line; False where that is not known. Raises nothing."""
        if self.refusals > REFUSALS_BORNE or not _is_utf8(line):
            return False
        reader = self.last
        try:
            event = reader.decode(line)
            if event.event_id != reader.event_id or event.channel != reader.channel:
                found = self.readers.get((event.channel, event.event_id))
                if found is None:
                    return self._learn(event.channel, event.event_id)
                self.last = reader = found
                event = reader.decode(line)
        except (msgspec.DecodeError, RecursionError):
            self.refusals += 1
            return False
        if self.refusals:
            self.refusals -= 1
        if reader.flat is not reader.plan.flat:
            reader.arrange()
            return False
        return reader.rules_out(event, line)

    def _learn(self, channel: str, event_id: int | str) -> bool:
        """Once the rule set has a plan for this kind: the next event of it is read so."""
        plan = self.rules.known_plan(channel, event_id)
        if plan is not None and str(event_id) != RENAMED_EVENT_ID:
            if len(self.readers) >= READERS_KEPT:
                self.readers.clear()
            self.readers[channel, event_id] = Reader(channel, event_id, plan)
        return False


def _is_utf8(line: bytes) -> bool:
    if line.isascii():
        return True
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
