"""Which duties hold now, and from when to when each of their clocks runs."""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from pipeline.severity.articles import Article
from pipeline.severity.deadlines import (
    Deadline,
    after_days,
    after_minutes,
    after_working_days,
)
from pipeline.severity.duty import Duty
from pipeline.severity.facts import Facts, Stated
from pipeline.severity.judgement import GRAVITY
from pipeline.severity.limbs import check_conditions
from pipeline.severity.obligation_table import DUTIES
from pipeline.severity.policy import DutyChange, SeverityPolicy
from pipeline.severity.standing import Standing
from pipeline.severity.state import IncidentRecord
from schemas.assessment import Law
from schemas.moments import Moment


class Plan(msgspec.Struct, frozen=True):
    """When a duty's clock starts and ends; `due` is None while that cannot be said.

    `presumed`: unknown facts about the operator on which it rests, in their stricter sense.
    """

    duty: Duty
    starts_at: Moment
    due: Deadline | None
    presumed: tuple[str, ...] = ()


Standings: TypeAlias = Mapping[Law, Standing]


def presume(policy: SeverityPolicy, facts: Facts) -> dict[str, Stated]:
    """The facts, and of the operator's unknown ones the readings that duties follow (rule 5)."""
    words = STRICTEST if policy.choices.unstated_operator == "strictest" else ORDINARY
    return {**_assumed(words), **facts}


def _assumed(words: Mapping[str, str]) -> dict[str, Stated]:
    return {name: Stated(word, "policy", 0, "estimated") for name, word in words.items()}


def choose_chain(policy: SeverityPolicy, facts: Facts) -> Facts:
    """The facts by which Art. 4 names whom to tell.

    Its chains are read in its order, critical infrastructure first; under the other reading an
    organ reports as one, whatever it operates. No tier hangs on this, only who is told.
    """
    organ = facts.get("central_organ")
    first = policy.choices.infrastructure_and_organ
    if first == "infrastructure" or organ is None or organ.value != "yes":
        return facts
    return {**facts, **_assumed({"critical_infrastructure": "no"})}


STRICTEST = {"critical_infrastructure": "yes", "central_organ": "yes"}
ORDINARY = {"critical_infrastructure": "no", "central_organ": "no"}


def wants(
    duty: Duty, record: IncidentRecord, standings: Standings, facts: Mapping[str, Stated]
) -> bool:
    """Whether the table asks for this duty now."""
    standing = standings.get(duty.law)
    if standing is None or record.dismissed:
        return False
    if duty.needs and check_conditions(duty.needs, facts) != "met":
        return False
    if not _has_arisen(duty, record, standing):
        return False
    if duty.when == "either":
        return True
    if duty.when == "occurred":
        return record.occurred and (not duty.tiers or standing.tier in duty.tiers)
    # §3.1 asks for what may occur, §4.2 for what has: of one incident the report replaces the risk.
    replaced = record.occurred and standing.tier in duty.tiers
    return not replaced and standing.likely in duty.tiers


def _has_arisen(duty: Duty, record: IncidentRecord, standing: Standing) -> bool:
    """Whether there is the warning that this duty copies, or the report that it goes on from."""
    if duty.start == "red_warning":
        return bool(record.red_warnings)
    if not duty.follows:
        return True
    told = record.told.get(duty.law)
    if not told:
        return False
    # Against what the regulator was last told, not against what stood last.
    moved = GRAVITY[standing.tier] - GRAVITY[told[-1]]
    return {"rise": moved > 0, "fall": moved < 0, "report": True}[duty.follows]


def plan_duties(
    policy: SeverityPolicy, record: IncidentRecord, standings: Standings, facts: Facts
) -> dict[str, Plan]:
    """All duties that hold now, in the table's order, by the key of the plan."""
    plans: dict[str, Plan] = {}
    facts = choose_chain(policy, facts)
    taken = presume(policy, facts)
    for listed in DUTIES:
        duty = _changed(listed, policy, record.province)
        if wants(duty, record, standings, taken):
            key = _key_of(duty, record)
            starts_at = _start(policy, duty, key, record, standings, plans)
            due = None if starts_at is None else _deadline(duty, starts_at)
            presumed = _presumed(duty, standings[duty.law], facts)
            # No start yet, so no deadline: the moment of discovery only says where it stands in a
            # list.
            plans[key] = Plan(duty, starts_at or record.discovered_at, due, presumed)
    return plans


def _key_of(duty: Duty, record: IncidentRecord) -> str:
    """A duty that recurs is numbered: by the reports made before it, or by the red warnings."""
    if not duty.recurs:
        return duty.key
    before = record.red_warnings if duty.start == "red_warning" else record.told.get(duty.law, ())
    return f"{duty.key}:{len(before)}"


HINGES: Mapping[Law, tuple[str, ...]] = {
    "miit": ("field",),
    "public_internet": ("field",),
    "cac": ("critical_infrastructure",),
    "statute": (),
}
"""Facts about the operator on which each regime's tiers hang."""


def _presumed(duty: Duty, standing: Standing, facts: Facts) -> tuple[str, ...]:
    """Unknown facts that this duty takes in their stricter sense."""
    needed = [test.fact for test in duty.needs if test.fact not in facts]
    by_tier = duty.tiers and duty.when == "occurred" and standing.certain not in duty.tiers
    tiered = [name for name in HINGES[duty.law] if name not in facts] if by_tier else []
    return tuple(dict.fromkeys([*needed, *tiered]))


def _changed(duty: Duty, policy: SeverityPolicy, province: str) -> Duty:
    """The duty with the policy's other limit, if there is one for this province or for all."""
    for change in policy.duty_changes:
        if change.duty == duty.key and change.province in ("", province):
            duty = _apply(duty, change)
    return duty


def _apply(duty: Duty, change: DutyChange) -> Duty:
    limits = [
        (f"{change.limit_minutes}分钟", f"{change.limit_minutes} minutes", change.limit_minutes),
        (
            f"{change.limit_working_days}个工作日",
            f"{change.limit_working_days} working days",
            change.limit_working_days,
        ),
        (f"{change.limit_days}日", f"{change.limit_days} days", change.limit_days),
    ]
    zh, en, _ = next(limit for limit in limits if limit[2] is not None)
    return msgspec.structs.replace(
        duty,
        limit_minutes=change.limit_minutes,
        limit_working_days=change.limit_working_days,
        limit_days=change.limit_days,
        limit_zh=f"{zh}（{change.reason}）",
        limit_en=f"{en} ({change.reason})",
        article=Article(change.article, change.article) if change.article else duty.article,
        confidence="background" if change.unconfirmed else "full_text",
    )


def _start(
    policy: SeverityPolicy,
    duty: Duty,
    key: str,
    record: IncidentRecord,
    standings: Standings,
    plans: Mapping[str, Plan],
) -> Moment | None:
    """When the clock starts; None while what starts it has not happened."""
    match duty.start:
        case "handling_ended":
            return record.ended_at
        case "response_ended":
            return record.response_ended_at
        case "red_warning":
            return record.red_warnings[-1]
        case "receipt":
            return _receipt(duty, record, plans)
        case "actor":
            return _actor_start(policy, duty, key, record, standings, plans)


ACTORS = {"local_regulator": "regulator", "mechanism": "mechanism"}
"""Senders with a clock of their own (policy `clock_start`); every other one is an enterprise."""


def _actor_start(
    policy: SeverityPolicy,
    duty: Duty,
    key: str,
    record: IncidentRecord,
    standings: Standings,
    plans: Mapping[str, Plan],
) -> Moment | None:
    reading = getattr(policy.choices.clock_start, ACTORS.get(duty.sender, "enterprise"))
    if duty.follows:
        return _kept(record, key) or standings[duty.law].judged_at
    match reading:
        case "confirmation" if record.occurred_at is not None:
            return record.occurred_at
        case "judgement":
            return _kept(record, key) or standings[duty.law].judged_at
        case "receipt":
            return _receipt(duty, record, plans)
        case _:
            return record.discovered_at


def _kept(record: IncidentRecord, key: str) -> Moment | None:
    """The start of a duty that exists already, here or in an incident that joined: the earliest.

    A graver tier restarts no clock, and joining incidents wins nobody time.
    """
    begun = [record.inherited_starts.get(key)]
    if (existing := record.obligations.get(key)) and existing.state != "withdrawn":
        begun.append(existing.starts_at)
    return min((moment for moment in begun if moment is not None), default=None)


def _receipt(duty: Duty, record: IncidentRecord, plans: Mapping[str, Plan]) -> Moment | None:
    """When the report before it was received; until it is, its latest lawful moment."""
    reported = record.reports.get(duty.after)
    before = plans.get(duty.after)
    if reported is not None:
        return reported
    return before.due.at if before and before.due else None


def _deadline(duty: Duty, starts_at: Moment) -> Deadline | None:
    # 以上 and 以内 include the number (Civil Code Art. 1259): the last moment is still in time.
    if duty.limit_minutes is not None:
        return after_minutes(starts_at, duty.limit_minutes)
    if duty.limit_working_days is not None:
        return after_working_days(starts_at, duty.limit_working_days)
    if duty.limit_days is not None:
        return after_days(starts_at, duty.limit_days)
    return None
