"""When something next happens to an enterprise's state with no record: every stage is asked.

Rule 1. What time alone brings is decided as of the moment at which it is due, one moment after the
        other, and bears it. When timers are looked at, and how often, changes no row: a look says
        only up to when time has passed.
Rule 2. Before a record is taken in, the time until its receipt has passed, looked at or not.
Rule 3. Of recordings no time passes between records; of commands neither: batches that were
        received before one may be read after it, and would be found late.
"""

from pipeline.correlation import step as correlation
from pipeline.event_time.due import passes_at, settles_at
from pipeline.exceptions import step as exceptions
from pipeline.incidents import step as incidents
from pipeline.policy import Policy
from pipeline.state import EnterpriseState
from schemas.moments import MINUTE, NEVER, Moment

OVERDUE: Moment = MINUTE
"""What should have happened already, as after a policy was reloaded, happens so much later."""


def next_due(policy: Policy, state: EnterpriseState, until: Moment) -> Moment | None:
    """The first moment up to `until`, after the state's own, at which something is due.

    A moment at which nothing happens after all may be among them: the one after it is then asked
    for. They follow from the state alone.
    """
    clock = state.clock
    waited_for = correlation.next_due(state.correlation)
    expires = let_go = NEVER
    if state.exceptions.held:
        expires, let_go = exceptions.next_due(state.exceptions)
    watermark = min(
        waited_for.watermark,
        incidents.due_watermark(policy.incidents, state.incidents),
        expires,
    )
    turns = state.severity.next_at
    moments = (
        passes_at(policy.event_time, clock, watermark),
        settles_at(policy.event_time, clock, min(waited_for.settled, let_go)),
        waited_for.moment,
        NEVER if turns is None else turns,
    )
    due = min(each if each > clock.now else clock.now + OVERDUE for each in moments)
    return due if due <= until else None
