"""Late findings: what an analyst admits of an investigation, as evidence like any other.

Rule 1. It happened when its events did, and was found when the command was received: discovery,
        from which the law's clocks run, is the analyst's word and not the event's time.
Rule 2. An analyst's word opens the incident, whatever the level of what was found.
Rule 3. What is held already is left as it is: said twice, by whatever command, it is there once.
"""

from collections.abc import Iterator

from pipeline.incidents.state import IncidentsState
from schemas.command import Command
from schemas.context import Context
from schemas.detection import Detection
from schemas.late_finding import LateDetection
from schemas.moments import Moment, format_moment
from schemas.scenarios import SCENARIOS


def refusal_of(state: IncidentsState, command: Command, received_at: Moment) -> str:
    """Why a late finding is refused, or ""."""
    if command.finding is None:
        return "add_late_finding names nothing; give `investigation` and `detections` in `finding`"
    faults = (_fault(each, received_at) for each in command.finding.detections)
    fault = next((each for each in faults if each), "")
    if not fault and not any(_new(state, command)):
        count = len(command.finding.detections)
        return f"all {count} detections are held already: there is nothing to add"
    return fault


def admitted(
    state: IncidentsState, command: Command, received_at: Moment, context: Context
) -> list[Detection]:
    """The detections that are new, of the enterprise that the command is about."""
    assert command.finding is not None, "asked before"
    return [
        Detection(
            status="active",
            enterprise_id=context.enterprise.enterprise_id,
            province=context.enterprise.province,
            received_at=received_at,
            late=True,
            drill=context.drill,
            investigation=command.finding.investigation,
            **{name: getattr(each, name) for name in LateDetection.__struct_fields__},
        )
        for each in _new(state, command)
    ]


def _new(state: IncidentsState, command: Command) -> Iterator[LateDetection]:
    assert command.finding is not None, "asked before"
    folded = {each for one in state.evidence.values() for each in one.folded_ids}
    for each in command.finding.detections:
        if each.detection_id not in state.evidence and each.detection_id not in folded:
            yield each


def _fault(detection: LateDetection, received_at: Moment) -> str:
    name = detection.detection_id
    if detection.scenario not in ("", *SCENARIOS):
        return f"detection {name}: unknown scenario {detection.scenario}"
    if not detection.first_time <= detection.time <= detection.last_time <= received_at:
        return (
            f"detection {name}: its times are not in order, or after its receipt: "
            f"{format_moment(detection.first_time)}, {format_moment(detection.time)}, "
            f"{format_moment(detection.last_time)}"
        )
    if detection.event_count < len(detection.event_ids):
        return f"detection {name}: event_count is less than the events that it names"
    return ""
