"""Enterprises that left the registry while something is remembered of them.

Rule 1. From the next timer on their state stands still: no time passes in it, nothing falls
        due. One dead letter says so, with the incidents that were open.
Rule 2. An enterprise that comes back within the time goes on where it stopped: a row may have
        been lost by mistake.
Rule 3. After the time the state is deleted. A second dead letter says so. Its incidents stay
        in the store as they were last told: who left reports to nobody any more, and what
        province or sector to say it under is no longer known.
"""

from typing import Literal, TypeAlias

import msgspec

from pipeline.incidents.state import IncidentsState
from schemas.batch import DeadLetter, original_of
from schemas.ids import content_id
from schemas.moments import DAY, Moment

KEPT_AFTER = 7 * DAY

Departure: TypeAlias = Literal["enterprise_left", "enterprise_state_ended"]

REMEDIES: dict[Departure, str] = {
    "enterprise_left": "Put the row back into the registry, or close its open incidents before.",
    "enterprise_state_ended": "Nothing: once registered again, it begins anew.",
}


def is_past(left_at: Moment, now: Moment) -> bool:
    """Whether who left then is not waited for any more."""
    return now - left_at >= KEPT_AFTER


def depart(state: IncidentsState, state_key: str, departure: Departure, now: Moment) -> DeadLetter:
    """What is said of it: `original` is the ids of the open incidents, as JSON."""
    open_ids = sorted(
        incident_id
        for incident_id, case in state.cases.items()
        if case.status != "closed" and not case.is_superseded
    )
    return DeadLetter(
        dead_letter_id=content_id("dead_letter", state_key, departure, str(now)),
        enterprise_id=state_key.partition("#")[0],
        drill=state_key.partition("#")[2],
        batch_id="",
        topic="",
        partition=-1,
        offset=-1,
        line=0,
        received_at=now,
        reason=departure,
        detail=f"state {state_key}: not in the registry; {len(open_ids)} incidents open",
        remedy=REMEDIES[departure],
        events=0,
        **original_of(msgspec.json.encode(open_ids)),
    )
