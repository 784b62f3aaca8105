"""Which stored events the rules in force never saw: pure.

Rule 1. A batch was seen by the rules of the rule set that its account names. A rule is known by
        its content: one that was changed has not seen what the earlier one saw.
Rule 2. A gap is a run of batches of one enterprise, in the order of their receipt and under one
        rule set, that holds events for which a rule in force may be and that it never saw.
Rule 3. Of each enterprise and each rule: events that it saw + events in gaps = stored events that
        it may be for. What those are is said by the columns of an event, which name the narrowest
        of its log sources: a rule that may be for them counts as one that is (`may_apply`).
Rule 4. Where an account names no rule set, or one whose rules the store does not have, nobody
        knows what saw its events: a gap of every rule.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Literal, TypeAlias

import msgspec

from pipeline.sigma.log_sources import may_apply
from pipeline.sigma.reading.documents import LogSource
from schemas.moments import Moment
from schemas.rules import RuleOfSet
from sinks.ddl import literal

Cause: TypeAlias = Literal["added", "changed", "unknown"]
"""Why a rule has not seen a batch: it was not there, it looked for something else, or rule 4."""


class Judged(msgspec.Struct, frozen=True):
    """A row of `select_judged`: the events of one log source in one run of batches."""

    enterprise_id: str
    run: int
    rule_set_id: str
    product: str
    category: str
    service: str
    events: int
    first_us: Moment
    """Receipt of the first batch of the whole run, and of the last."""
    last_us: Moment

    @property
    def source(self) -> LogSource:
        """What the store's columns say that the events are of."""
        return LogSource(self.category, self.product, self.service)


class Unseen(msgspec.Struct, frozen=True):
    """One rule in force, and how many events of a gap it may be for."""

    rule_id: str
    title: str
    cause: Cause
    events: int


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """One run of batches; `events` are those that at least one of `rules` may be for."""

    enterprise_id: str
    first_received_at: Moment
    last_received_at: Moment
    rule_set_id: str
    events: int
    rules: tuple[Unseen, ...]
    """The one with the most events first."""
    filled_by: tuple[str, ...] = ()
    """Investigations in which these rules have seen all of it."""


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """Stored events, each counted once: seen + in_gaps = stored."""

    stored: int
    seen: int
    """By every rule in force that may be for it."""
    in_gaps: int


def select_judged(since: Moment = 0, enterprises: Sequence[str] = ()) -> str:
    """Events in earnest, received `since`, by runs of batches under one rule set.

    A batch that was taken twice (its account says `unverified`) counts where it came last, as
    its events do.
    """
    of = f" AND enterprise_id IN ({', '.join(map(literal, enterprises))})" if enterprises else ""
    chosen = f"drill = '' AND toUnixTimestamp64Micro(received_at) >= {since}{of}"
    order = "PARTITION BY enterprise_id ORDER BY at, batch_id"
    return f"""
SELECT r.enterprise_id AS enterprise_id, toUInt64(r.run) AS run,
       any(r.rule_set) AS rule_set_id,
       c.product AS product, c.category AS category, c.service AS service,
       sum(c.events) AS events, any(r.first) AS first_us, any(r.last) AS last_us
FROM (
    SELECT enterprise_id, batch_id, rule_set, run,
           min(at) OVER (PARTITION BY enterprise_id, run) AS first,
           max(at) OVER (PARTITION BY enterprise_id, run) AS last
    FROM (
        SELECT enterprise_id, batch_id, at, rule_set,
               sum(rule_set != before) OVER ({order}
                   ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run
        FROM (
            SELECT enterprise_id, batch_id, at, rule_set,
                   lagInFrame(rule_set, 1, rule_set) OVER ({order}
                       ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS before
            FROM (
                SELECT enterprise_id, batch_id, toUnixTimestamp64Micro(received_at) AS at,
                       toString(rule_set_id) AS rule_set
                FROM batches WHERE outcome = 'accepted' AND {chosen}
                ORDER BY received_at DESC LIMIT 1 BY enterprise_id, batch_id))))
    AS r
INNER JOIN (SELECT enterprise_id, batch_id, product, category, service, sum(events) AS events
            FROM events_by_day WHERE {chosen}
            GROUP BY enterprise_id, batch_id, product, category, service) AS c
    ON c.enterprise_id = r.enterprise_id AND c.batch_id = r.batch_id
GROUP BY enterprise_id, run, product, category, service
ORDER BY enterprise_id, run, product, category, service
SETTINGS max_bytes_before_external_sort = 500000000,
         max_bytes_before_external_group_by = 500000000"""


SPANS = """
SELECT enterprise_id, toUnixTimestamp64Micro(min(received_at)) AS first_us,
       toUnixTimestamp64Micro(max(received_at)) AS last_us
FROM batches WHERE drill = '' AND outcome = 'accepted' GROUP BY enterprise_id"""
"""What an investigation has read."""
IN_FORCE = """
SELECT * FROM rule_sets WHERE rule_set_id IN (SELECT rule_set_id FROM rules_in_force)
ORDER BY title, rule_id"""
"""The rules of the rule set that was loaded last, as `RuleOfSet`."""
KNOWN_SETS = "SELECT rule_set_id, rule_id, content_id FROM rule_sets"


def gaps_of(
    judged: Iterable[Judged],
    in_force: Sequence[RuleOfSet],
    known: Mapping[str, Mapping[str, str]],
) -> tuple[list[Gap], Sums]:
    """The gaps of `in_force`, and the sums over all of `judged`, which is in its query's order.

    `known` are the content ids of rules, by rule set and rule.
    """
    may_be_for = lru_cache(maxsize=None)(
        lambda source: frozenset(each.rule_id for each in in_force if _may_be_for(each, source))
    )
    gaps, stored = [], 0
    for _, group in groupby(judged, key=lambda each: (each.enterprise_id, each.run)):
        run = list(group)
        stored += sum(each.events for each in run)
        causes = _causes(in_force, known.get(run[0].rule_set_id))
        unseen = [(each.events, may_be_for(each.source) & causes.keys()) for each in run]
        if any(rules for _, rules in unseen):
            gaps.append(_gap(run[0], in_force, causes, unseen))
    in_gaps = sum(each.events for each in gaps)
    return gaps, Sums(stored=stored, seen=stored - in_gaps, in_gaps=in_gaps)


def _gap(
    run: Judged,
    in_force: Sequence[RuleOfSet],
    causes: Mapping[str, Cause],
    unseen: Sequence[tuple[int, frozenset[str]]],
) -> Gap:
    """`unseen` are counts of events, by log source, with the rules that never saw them."""
    counted = (
        Unseen(
            rule.rule_id,
            rule.title,
            causes[rule.rule_id],
            sum(events for events, rules in unseen if rule.rule_id in rules),
        )
        for rule in in_force
        if rule.rule_id in causes
    )
    return Gap(
        enterprise_id=run.enterprise_id,
        first_received_at=run.first_us,
        last_received_at=run.last_us,
        rule_set_id=run.rule_set_id,
        events=sum(events for events, rules in unseen if rules),
        rules=tuple(sorted((each for each in counted if each.events), key=lambda one: -one.events)),
    )


class Covered(msgspec.Struct, frozen=True):
    """What the rules of one investigation have seen: contents by rule id, and the first and last
    receipt by enterprise, between which a replay reads all of it."""

    contents: Mapping[str, str]
    spans: Mapping[str, tuple[Moment, Moment]]


def with_filled(
    gap: Gap, in_force: Sequence[RuleOfSet], investigations: Mapping[str, Covered]
) -> Gap:
    """The gap with the investigations, by name, that have filled it."""
    content_of = {each.rule_id: each.content_id for each in in_force}
    wanted = {each.rule_id: content_of[each.rule_id] for each in gap.rules}.items()
    filled = []
    for name, covered in investigations.items():
        first, last = covered.spans.get(gap.enterprise_id, (gap.last_received_at + 1, 0))
        is_read = first <= gap.first_received_at and gap.last_received_at <= last
        if is_read and wanted <= covered.contents.items():
            filled.append(name)
    return msgspec.structs.replace(gap, filled_by=tuple(filled))


def _causes(in_force: Sequence[RuleOfSet], saw: Mapping[str, str] | None) -> dict[str, Cause]:
    """The rules in force that are not in the rule set `saw`; None: nobody knows what is in it."""
    if saw is None:
        return {each.rule_id: "unknown" for each in in_force}
    return {
        each.rule_id: "changed" if each.rule_id in saw else "added"
        for each in in_force
        if saw.get(each.rule_id) != each.content_id
    }


def _may_be_for(rule: RuleOfSet, source: LogSource) -> bool:
    return any(may_apply(LogSource(*each.split("/", 2)), source) for each in rule.sources)
