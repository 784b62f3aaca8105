"""What an investigation says otherwise than the live incidents, and what made it so: pure.

Rule 1. Two incidents of one enterprise, or of one drill of it, are the same where each shares
        more evidence with the other than with anyone else: events, detections, and its own id, as
        one item each. Of equal ones the greater id. Other rules give an attack another id.
Rule 2. What was opened in the period on either side is compared: what began before is known in
        part only.
Rule 3. The reasons of a difference: rules that fired another number of times, limbs that one
        side alone meets, and, where neither differs, events that one side alone has.
The board *Investigations* asks the same in SQL (`dashboards/grafana/boards/investigations.py`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from schemas.language import Language
from schemas.moments import Moment, parse_moment
from sinks.contract import Answer
from sinks.ddl import literal

COMPARED = ("scenario", "level", "detection_count", "miit", "cac")
"""What makes two incidents differ in substance."""
EVENTS_TOLD = 5
"""Events that the text names of one incident; JSON has all."""
SIGNS = {"new": "+", "gone": "-", "changed": "~"}

ChangeKind: TypeAlias = Literal["new", "gone", "changed"]
ReasonKind: TypeAlias = Literal["rule", "limb", "event"]


class Change(msgspec.Struct, frozen=True):
    """One of COMPARED, live and in the investigation."""

    name: str
    live: str
    again: str


class Reason(msgspec.Struct, frozen=True):
    """A rule (with its title), a limb or an event, and how often either side has it."""

    kind: ReasonKind
    subject: str
    title: str
    live: int
    again: int


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One incident that comes out otherwise; its ids are "" on the side that lacks it.

    `shares` are incidents of the other side that hold some of its evidence.
    """

    change: ChangeKind
    enterprise_id: str
    live_id: str
    again_id: str
    title_zh: str
    title_en: str
    changes: tuple[Change, ...] = ()
    reasons: tuple[Reason, ...] = ()
    shares: tuple[str, ...] = ()


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared of one incident."""

    incident_id: str
    enterprise_id: str
    drill: str
    title_zh: str
    title_en: str
    opened_at: Moment
    facts: dict[str, str]
    rules: dict[str, int]
    rule_titles: dict[str, str]
    limbs: frozenset[str]
    event_ids: frozenset[str]
    evidence: frozenset[str]


class Side(msgspec.Struct, frozen=True):
    """Incidents, and which rules fired at all: pairs of enterprise and rule id."""

    incidents: Sequence[Compared]
    fired: frozenset[tuple[str, str]] = frozenset()


def side_of(
    incidents: Iterable[Answer], assessments: Iterable[Answer], fired: Iterable[Answer]
) -> Side:
    """Rows of the three queries below."""
    rules = frozenset((str(row["enterprise_id"]), str(row["rule_id"])) for row in fired)
    return Side(compared_of(incidents, assessments), rules)


def select_fired(enterprises: Sequence[str], since: Moment) -> str:
    """Which rules have detections that hold, of what was received since."""
    of = _of(enterprises)
    received = f"toUnixTimestamp64Micro(received_at) >= {since}"
    return (
        "SELECT DISTINCT enterprise_id, rule_id FROM detections "
        f"WHERE status = 'active' AND {received}{of}"
    )


def select_incidents(enterprises: Sequence[str], since: Moment) -> str:
    """The incidents of these enterprises (of none named: of all) that were revised since."""
    revised = f"toUnixTimestamp64Micro(revised_at) >= {since}"
    return f"SELECT * FROM incidents WHERE status != 'superseded' AND {revised}{_of(enterprises)}"


def _of(enterprises: Sequence[str]) -> str:
    chosen = ", ".join(map(literal, enterprises))
    return f" AND enterprise_id IN ({chosen})" if enterprises else ""


def select_assessments(enterprises: Sequence[str], since: Moment) -> str:
    """What was judged of them."""
    ids = select_incidents(enterprises, since).replace("SELECT *", "SELECT incident_id", 1)
    return f"SELECT incident_id, regime, limbs FROM assessments WHERE incident_id IN ({ids})"


def compared_of(incidents: Iterable[Answer], assessments: Iterable[Answer]) -> list[Compared]:
    """Rows of the views as they are compared; those superseded are left out."""
    limbs: dict[str, set[str]] = defaultdict(set)
    for row in assessments:
        limbs[str(row["incident_id"])] |= _met(row)
    return [
        _compared(row, frozenset(limbs[str(row["incident_id"])]))
        for row in incidents
        if row["status"] != "superseded"
    ]


def differences(live: Side, again: Side, start: Moment, end: Moment) -> list[Difference]:
    """All of them, by change and id; [] where nothing differs."""
    shared = _shared(live.incidents, again.incidents)
    pairs = _pairs(shared)
    of_live = {one.incident_id: one for one in live.incidents}
    of_again = {one.incident_id: one for one in again.incidents}
    new = [of_again[each] for each in of_again.keys() - set(pairs.values())]
    gone = [of_live[each] for each in of_live.keys() - pairs.keys()]
    changed = (
        _changed(of_live[live_id], of_again[again_id])
        for live_id, again_id in pairs.items()
        if _opened(of_live[live_id], start, end) or _opened(of_again[again_id], start, end)
    )
    found = [
        *(_alone("new", one, live.fired, shared) for one in new if _opened(one, start, end)),
        *(_alone("gone", one, again.fired, shared) for one in gone if _opened(one, start, end)),
        *(each for each in changed if each is not None),
    ]
    return sorted(found, key=lambda each: (each.change, each.again_id or each.live_id))


def lines_of(found: Iterable[Difference], language: Language = "zh") -> Iterator[str]:
    """`+` only in the investigation, `-` only live, `~` changed; under each, what made it so."""
    for each in found:
        title = each.title_zh if language == "zh" else each.title_en
        head = f"{SIGNS[each.change]} {(each.again_id or each.live_id)[:12]} {each.enterprise_id}"
        told = ", ".join(
            f"{one.name} {one.live or '-'} → {one.again or '-'}" for one in each.changes
        )
        yield f"{head} {title}" + (f": {told}" if told else "")
        events = [reason for reason in each.reasons if reason.kind == "event"]
        for reason in (
            *(one for one in each.reasons if one.kind != "event"),
            *events[:EVENTS_TOLD],
        ):
            title = f" ({reason.title})" if reason.title else ""
            yield f"    {reason.kind} {reason.subject}{title}: {reason.live} → {reason.again}"
        if len(events) > EVENTS_TOLD:
            yield f"    and {len(events) - EVENTS_TOLD} more events"
        for other in each.shares:
            yield f"    shares evidence with {other[:12]}"


def _compared(row: Answer, limbs: frozenset[str]) -> Compared:
    detections = _parsed(row["detections"])
    ids = (row["event_ids"], row["detection_ids"])
    events, detected = (frozenset(map(str, each)) for each in ids if isinstance(each, list))
    return Compared(
        incident_id=str(row["incident_id"]),
        enterprise_id=str(row["enterprise_id"]),
        drill=str(row["drill"]),
        title_zh=str(row["title"]),
        title_en=str(row["title_en"]),
        opened_at=parse_moment(str(row["opened_at"])),
        facts={
            **{name: str(row[name]) for name in COMPARED[:3]},
            **{regime: _judged(row, regime) for regime in COMPARED[3:]},
        },
        rules={str(each["rule_id"]): int(str(each["count"])) for each in detections},
        rule_titles={str(each["rule_id"]): str(each["title"]) for each in detections},
        limbs=limbs,
        event_ids=events,
        evidence=events | detected | {str(row["incident_id"])},
    )


def _judged(row: Answer, regime: str) -> str:
    """What a regime says: of what has occurred, of what may, or the tier alone."""
    if level := row[f"{regime}_response_level"]:
        return f"response {level}"
    return str(row[f"{regime}_colour"] or row[f"{regime}_tier"] or "none")


def _parsed(value: object) -> list[dict[str, object]]:
    """A JSON column: its text."""
    return msgspec.json.decode(str(value), type=list[dict[str, object]])


def _met(assessment: Answer) -> set[str]:
    return {
        f"{assessment['regime']} {limb['tier']} {limb['limb']}"
        for limb in _parsed(assessment["limbs"])
        if limb["outcome"] == "met"
    }


def _opened(incident: Compared, start: Moment, end: Moment) -> bool:
    return start <= incident.opened_at < end


def _shared(live: Iterable[Compared], again: Iterable[Compared]) -> Counter[tuple[str, str]]:
    """How much evidence each live incident shares with each of the investigation."""
    holders: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in live:
        for item in one.evidence:
            holders[one.enterprise_id, one.drill, item].append(one.incident_id)
    return Counter(
        (live_id, other.incident_id)
        for other in again
        for item in other.evidence
        for live_id in holders.get((other.enterprise_id, other.drill, item), ())
    )


def _pairs(shared: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """Rule 1: live id to the investigation's."""
    of_live: dict[str, tuple[int, str]] = {}
    of_again: dict[str, tuple[int, str]] = {}
    for (live_id, again_id), count in shared.items():
        of_live[live_id] = max(of_live.get(live_id, (0, "")), (count, again_id))
        of_again[again_id] = max(of_again.get(again_id, (0, "")), (count, live_id))
    best = {live_id: again_id for live_id, (_, again_id) in of_live.items()}
    return {
        live_id: again_id for live_id, again_id in best.items() if of_again[again_id][1] == live_id
    }


def _alone(
    change: Literal["new", "gone"],
    one: Compared,
    fired: frozenset[tuple[str, str]],
    shared: Iterable[tuple[str, str]],
) -> Difference:
    """Rules that fired on this side alone made it, where there are any; else all of its own."""
    only_here = {
        rule: count for rule, count in one.rules.items() if (one.enterprise_id, rule) not in fired
    }
    rules = only_here or one.rules
    is_new = change == "new"
    return Difference(
        change=change,
        enterprise_id=one.enterprise_id,
        live_id="" if is_new else one.incident_id,
        again_id=one.incident_id if is_new else "",
        title_zh=one.title_zh,
        title_en=one.title_en,
        reasons=tuple(
            Reason("rule", rule, one.rule_titles[rule], *((0, count) if is_new else (count, 0)))
            for rule, count in sorted(rules.items())
        ),
        shares=tuple(
            sorted(pair[not is_new] for pair in shared if pair[is_new] == one.incident_id)
        ),
    )


def _changed(live: Compared, again: Compared) -> Difference | None:
    changes = tuple(
        Change(name, live.facts[name], again.facts[name])
        for name in COMPARED
        if live.facts[name] != again.facts[name]
    )
    if not changes:
        return None
    return Difference(
        change="changed",
        enterprise_id=again.enterprise_id,
        live_id=live.incident_id,
        again_id=again.incident_id,
        title_zh=again.title_zh,
        title_en=again.title_en,
        changes=changes,
        reasons=tuple([*_rules(live, again), *_limbs(live, again)] or _events(live, again)),
    )


def _rules(live: Compared, again: Compared) -> Iterator[Reason]:
    titles = live.rule_titles | again.rule_titles
    for rule in sorted(titles):
        before, after = live.rules.get(rule, 0), again.rules.get(rule, 0)
        if before != after:
            yield Reason("rule", rule, titles[rule], before, after)


def _limbs(live: Compared, again: Compared) -> Iterator[Reason]:
    for limb in sorted(live.limbs ^ again.limbs):
        yield Reason("limb", limb, "", int(limb in live.limbs), int(limb in again.limbs))


def _events(live: Compared, again: Compared) -> list[Reason]:
    return [
        Reason("event", event, "", int(event in live.event_ids), int(event in again.event_ids))
        for event in sorted(live.event_ids ^ again.event_ids)
    ]
