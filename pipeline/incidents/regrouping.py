"""Merging and splitting by hand: marks on the evidence, which grouping obeys from then on.

Rule 1. The evidence of merged incidents bears the merge's mark: groups that share one are one,
        however far apart. So what comes later and belongs to either belongs to both.
Rule 2. The evidence of a split incident bears the split's mark with its side: no group holds both.
        What comes later and could link them goes to the side that it shares more with.
Rule 3. The later word holds: a split takes the two sides out of earlier merges, a merge lifts the
        splits between the two.
"""

from collections.abc import Iterable, Mapping

import msgspec

from pipeline.incidents.grouping import IN, OUT
from pipeline.incidents.linking_keys import normal_form
from pipeline.incidents.state import Evidence, IncidentsState
from schemas.command import Command, Part
from schemas.detection import Entity
from schemas.ids import content_id


def refusal_of(state: IncidentsState, command: Command) -> str:
    """Why a merge or split of an incident that is held is refused, or ""."""
    if command.verb == "merge":
        return _unmergeable(state, command)
    if command.part is None:
        return "split names no part; give `kind` and `value` in `part`"
    of_case, named = _of_case(state, command.incident_id), _named(state, command)
    if not named:
        return f"nothing in the incident names {command.part.kind} {command.part.value}"
    if len(named) == len(of_case):
        return f"all of the incident names {command.part.kind} {command.part.value}"
    return ""


def mark(state: IncidentsState, command: Command) -> set[str]:
    """Mark the evidence of a merge or split that is not refused; the ids of what was marked."""
    identity = (command.enterprise_id, command.drill, command.command_id)
    mark_id = content_id(command.verb, *identity)
    of_case = _of_case(state, command.incident_id)
    if command.verb == "merge":
        of_case |= _of_case(state, command.other_id)
        lifted = _both_sides(of_case.values())
        marked = {
            key: msgspec.structs.replace(
                one,
                merged=(*one.merged, mark_id),
                parted=tuple(each for each in one.parted if _split_of(each) not in lifted),
            )
            for key, one in of_case.items()
        }
    else:
        named = _named(state, command)
        marked = {
            key: msgspec.structs.replace(
                one,
                # Earlier merges get another name on the named side: they go on within each side,
                # and not across.
                merged=tuple(f"{each}/{mark_id}" if key in named else each for each in one.merged),
                parted=(*one.parted, f"{mark_id}:{OUT if key in named else IN}"),
            )
            for key, one in of_case.items()
        }
    state.evidence.update(marked)
    return set(marked)


def is_by_hand(group: Iterable[Evidence]) -> bool:
    """Whether an analyst made the group what it is."""
    return any(one.merged or one.parted for one in group)


def _unmergeable(state: IncidentsState, command: Command) -> str:
    other = state.cases.get(command.other_id)
    if command.other_id == command.incident_id:
        return "an incident is not merged with itself; give another in `other_id`"
    if other is None:
        return f"no incident {command.other_id or '(none named)'} is held; give one in `other_id`"
    if other.is_superseded:
        return f"the incident {command.other_id} is superseded; act on {other.superseded_by}"
    return ""


def _of_case(state: IncidentsState, incident_id: str) -> dict[str, Evidence]:
    return {key: one for key, one in state.evidence.items() if one.case == incident_id}


def _named(state: IncidentsState, command: Command) -> Mapping[str, Evidence]:
    part = command.part
    assert part is not None, "asked before"
    return {
        key: one
        for key, one in _of_case(state, command.incident_id).items()
        if _names(state, one, part)
    }


def _names(state: IncidentsState, one: Evidence, part: Part) -> bool:
    if part.kind == "rule":
        rule = state.rules[one.rule]
        return part.value in (rule.rule_id, rule.title, rule.title_zh)
    return any(_is_same(state.entities[key], part) for key in one.entities)


def _is_same(entity: Entity, part: Part) -> bool:
    if part.kind == "rule" or entity.kind != part.kind:
        return False
    wanted = normal_form(part.kind, part.value)[1]
    is_linked = wanted != "" and wanted == normal_form(entity.kind, entity.value)[1]
    return is_linked or entity.value == part.value.strip().lower()


def _both_sides(evidence: Iterable[Evidence]) -> set[str]:
    marks = {each for one in evidence for each in one.parted}
    splits = {_split_of(each) for each in marks}
    return {each for each in splits if {f"{each}:{OUT}", f"{each}:{IN}"} <= marks}


def _split_of(parted: str) -> str:
    return parted.partition(":")[0]
