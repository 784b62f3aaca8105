"""What an analyst's command does to a case, and why its status forbids it.

A refusal names what stands in the way and what may be said instead.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from pipeline.event_time.clock import Clock
from pipeline.incidents import regrouping
from pipeline.incidents.lifecycle import OCCURRED, VERDICTS, allowed_verbs, next_status
from pipeline.incidents.policy import IncidentPolicy
from pipeline.incidents.state import TASKS_MAX, Case, IncidentsState
from schemas.command import Command, Verb
from schemas.ids import content_id

REGROUPING: tuple[Verb, ...] = ("merge", "split")
"""The verbs that make several incidents of one, or one of several."""


def refusal_of(state: IncidentsState, command: Command) -> str:
    """Why the life cycle refuses a command, or ""."""
    case = state.cases.get(command.incident_id)
    if case is None:
        return (
            f"no incident {command.incident_id} is held: it never opened, or it was closed and "
            "its hold has passed; list the incidents that are held and name one of them"
        )
    if case.is_superseded:
        successor = (
            f"act on {case.superseded_by}" if case.superseded_by else "its evidence is withdrawn"
        )
        return f"the incident is superseded: {successor}"
    if next_status(case.status, command.verb) is None:
        allowed = ", ".join(allowed_verbs(case.status))
        return f"{command.verb} is not allowed while {case.status}; allowed: {allowed}"
    if command.verb == "end_task" and command.task_id not in case.tasks:
        return f"no open task {command.task_id or '(none named)'}; give the `task_id` of one"
    if command.verb == "add_task" and len(case.tasks) >= TASKS_MAX:
        return f"{TASKS_MAX} tasks are open; end one first"
    return regrouping.refusal_of(state, command) if command.verb in REGROUPING else ""


def task_id_of(command: Command) -> str:
    """The id of the task that this command sets."""
    return content_id("task", command.enterprise_id, command.drill, command.command_id)


def apply_command(
    policy: IncidentPolicy, case: Case, command: Command, rule_ids: Iterable[str], clock: Clock
) -> Case:
    """The case after a command that is not refused; `rule_ids` are those of its evidence."""
    status = next_status(case.status, command.verb) or case.status
    changed = status != case.status
    case = msgspec.structs.replace(
        case, status=status, touched=clock.watermark if changed else case.touched
    )
    if command.verb in ("resolve", "close"):
        return _end(policy, case, command, rule_ids)
    changes = _CHANGES.get(command.verb)
    return case if changes is None else msgspec.structs.replace(case, **changes(case, command))


_CHANGES: Mapping[Verb, Callable[[Case, Command], dict[str, object]]] = {
    "start": lambda case, command: {"assignee": command.analyst},
    "confirm": lambda case, command: {
        "confirmed": True,
        "assignee": case.assignee or command.analyst,
    },
    "reopen": lambda case, command: {
        "verdict": "unknown",
        "judged": (),
        "assignee": case.assignee or command.analyst,
    },
    "assign": lambda case, command: {"assignee": command.assignee},
    "add_task": lambda case, command: {"tasks": (*case.tasks, task_id_of(command))},
    "end_task": lambda case, command: {
        "tasks": tuple(each for each in case.tasks if each != command.task_id)
    },
}
"""What else than its status a verb changes."""


def _end(policy: IncidentPolicy, case: Case, command: Command, rule_ids: Iterable[str]) -> Case:
    """With its verdict: the one said, else the one it has, else what confirmation implies."""
    verdict = next((each for each in VERDICTS if each == command.verdict), case.verdict)
    # Confirmed, and ended without a verdict of its own: it was real.
    if verdict == "unknown" and case.confirmed:
        verdict = "true_positive"
    is_settled = verdict in policy.settling_verdicts
    return msgspec.structs.replace(
        case,
        verdict=verdict,
        confirmed=case.confirmed and verdict in OCCURRED,
        judged=tuple(sorted(set(rule_ids))) if is_settled else (),
    )
