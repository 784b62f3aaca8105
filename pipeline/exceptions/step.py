"""The stage of exceptions: what is hidden, the analysts' commands, and what is over.

Rule 1. The period is of event time. What a sensor saw in it is hidden whenever it comes, and
        nothing else is: logs that come an hour late, a replay and a slow worker all decide alike.
        By time of receipt each of them would decide otherwise.
Rule 2. A rule's match that is hidden is no detection and counts in no correlation. A correlation
        that is hidden says nothing, and still feeds others.
Rule 3. A correlation's detection that was told is revised and withdrawn in the open, and one that
        was hidden stays so: what its first revision was decides.
Rule 4. An exception expires when the watermark has passed its end. It is let go of once that is
        settled (`event_time/clock.py`): what comes later still is late, and is shown.
"""

from collections.abc import Iterable, Sequence

import msgspec

from pipeline.correlation.extraction import Match
from pipeline.event_time.clock import Clock
from pipeline.exceptions.scope import is_named, takes_part
from pipeline.exceptions.state import ExceptionsState
from pipeline.intake.entities import entities_of
from schemas.command import Command
from schemas.context import Context
from schemas.detection import Detection
from schemas.exception import RuleException
from schemas.ids import content_id
from schemas.moments import NEVER, Moment

HIDDEN_MAX = 1_000
"""Correlations' detections that are known to be hidden; of older ones a revision is shown."""


class Tally(msgspec.Struct):
    """What one step hid: the event times, by exception."""

    times: dict[str, list[Moment]] = {}

    def note(self, exception_ids: Iterable[str], time: Moment) -> None:
        """One match or detection was hidden by each of these."""
        for each in exception_ids:
            self.times.setdefault(each, []).append(time)


def hide_matches(state: ExceptionsState, matches: list[Match], tally: Tally) -> list[Match]:
    """The matches that no exception covers."""
    return [match for match in matches if not _hides_match(state, match, tally)]


def hide_detections(
    state: ExceptionsState, detections: list[Detection], tally: Tally
) -> list[Detection]:
    """The correlations' detections that are not hidden."""
    return [one for one in detections if not _hides_detection(state, one, tally)]


def revise(state: ExceptionsState, tally: Tally, clock: Clock) -> list[RuleException]:
    """The exceptions that hid something or have expired, revised; those that are settled go."""
    told = []
    for exception_id, held in list(state.held.items()):
        revised = _expired(_counted(held, tally.times.get(exception_id, ())), clock.watermark)
        if revised != held:
            told.append(_revise(state, revised, clock.received_at))
        if clock.settled >= held.scope.ends_at:
            del state.held[exception_id]
    return told


def next_due(state: ExceptionsState) -> tuple[Moment, Moment]:
    """The watermark at which one next expires, and what must be settled for one to be let go."""
    held = state.held.values()
    return (
        min((one.scope.ends_at for one in held if one.state == "active"), default=NEVER),
        min((one.scope.ends_at for one in held), default=NEVER),
    )


def exception_id_of(command: Command) -> str:
    """The id of the exception that this command adds."""
    return content_id("exception", command.enterprise_id, command.drill, command.command_id)


def handle_command(
    state: ExceptionsState, command: Command, received_at: Moment, context: Context
) -> list[RuleException]:
    """A command that the gate has let through."""
    if command.verb == "end_exception":
        held = state.held[command.exception_id]
        ends_at = min(held.scope.ends_at, max(held.scope.starts_at, received_at))
        ended = msgspec.structs.replace(
            held,
            state="ended",
            scope=msgspec.structs.replace(held.scope, ends_at=ends_at),
            ended_by=command.analyst,
            ended_reason=command.reason,
        )
        return [_revise(state, ended, received_at)]
    assert command.scope is not None, "the gate asks for it"
    added = RuleException(
        exception_id=exception_id_of(command),
        enterprise_id=command.enterprise_id,
        province=context.enterprise.province,
        revision=0,
        state="active",
        scope=command.scope,
        reason=command.reason,
        analyst=command.analyst,
        added_at=received_at,
        revised_at=received_at,
        drill=command.drill,
    )
    return [_revise(state, added, received_at)]


def _hides_match(state: ExceptionsState, match: Match, tally: Tally) -> bool:
    rule_id = match.rule.head.rule_id
    named = _named(state, rule_id, match.time)
    if not named:
        return False
    entities = entities_of(match.event)
    covering = [one.exception_id for one in named if takes_part(one.scope, entities)]
    tally.note(covering, match.time)
    return bool(covering)


def _hides_detection(state: ExceptionsState, detection: Detection, tally: Tally) -> bool:
    detection_id = detection.detection_id
    if detection_id in state.hidden:
        return True
    if detection.revision > 1 or detection.status == "superseded":
        return False
    covering = [
        one.exception_id
        for one in _named(state, detection.rule_id, detection.time)
        if takes_part(one.scope, detection.entities)
    ]
    if not covering:
        return False
    tally.note(covering, detection.time)
    # Room for one more; the oldest goes first.
    kept = list(state.hidden.items())[1 - HIDDEN_MAX :]
    state.hidden = {**dict(kept), detection_id: covering[0]}
    return True


def _named(state: ExceptionsState, rule_id: str, time: Moment) -> list[RuleException]:
    return [one for one in state.held.values() if is_named(one.scope, rule_id, time)]


def _counted(held: RuleException, times: Sequence[Moment]) -> RuleException:
    if not times:
        return held
    seen = [each for each in (held.first_hidden, held.last_hidden) if each is not None]
    return msgspec.structs.replace(
        held,
        hidden=held.hidden + len(times),
        first_hidden=min(*seen, *times, max(times)),
        last_hidden=max(*seen, *times, min(times)),
    )


def _expired(held: RuleException, watermark: Moment) -> RuleException:
    if held.state != "active" or watermark < held.scope.ends_at:
        return held
    return msgspec.structs.replace(held, state="expired")


def _revise(state: ExceptionsState, changed: RuleException, now: Moment) -> RuleException:
    revised = msgspec.structs.replace(changed, revision=changed.revision + 1, revised_at=now)
    state.held[revised.exception_id] = revised
    return revised
