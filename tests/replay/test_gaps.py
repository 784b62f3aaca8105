"""Gaps: what the rules in force never saw, held against a reference that looks at each event."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, product
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("chdb", reason="needs the embedded engine: fenghuo[embedded]")

from pipeline.replay.gap_reading import GapsUnknown, read_gaps
from pipeline.replay.gaps import Gap, Judged, gaps_of
from schemas.batch import BatchAccount
from schemas.moments import DAY, MINUTE, SECOND, parse_moment
from schemas.rules import RuleOfSet, RulesInForce
from sinks.chdb import ChdbSink
from sinks.engine_tables import RULE_SETS, RULES_IN_FORCE
from sinks.log_tables import BATCHES, EVENTS_BY_DAY
from sinks.rollups import DayCount

START = parse_moment("2026-05-01T00:00:00Z")
SOURCES = ("/windows/security", "process_creation/windows/sysmon", "/zeek/conn", "//")
SETS = ("old", "new", "lost", "")


def rule(rule_id: str, content: str, source: str, rule_set: str = "new") -> RuleOfSet:
    return RuleOfSet(
        rule_set_id=rule_set, rule_id=rule_id, content_id=content, title=rule_id, sources=(source,)
    )


IN_FORCE = [
    rule("kept", "k1", "/windows/"),
    rule("changed", "c2", "/zeek/"),
    rule("added", "a1", "process_creation/windows/"),
]
KNOWN = {
    "new": {"kept": "k1", "changed": "c2", "added": "a1"},
    "old": {"kept": "k1", "changed": "c1", "gone": "g1"},
}
FITS = {
    "kept": {SOURCES[0], SOURCES[1], SOURCES[3]},
    "changed": {SOURCES[2], SOURCES[3]},
    "added": {SOURCES[1], SOURCES[3]},
}
"""For which sources each rule may be, by the tables of Sigma: said by hand."""


class Batch(msgspec.Struct, frozen=True):
    """A stored batch, and its events by source."""

    enterprise_id: str
    rule_set: str
    events: dict[str, int]


batches = st.lists(
    st.builds(
        Batch,
        st.sampled_from(["E1", "E2"]),
        st.sampled_from(SETS),
        st.dictionaries(st.sampled_from(SOURCES), st.integers(1, 9), min_size=1),
    ),
    max_size=12,
)


def judged_of(given: Sequence[Batch]) -> Iterator[Judged]:
    """What `select_judged` would say of batches that came in this order, a second apart."""
    numbered = sorted(enumerate(given), key=lambda each: each[1].enterprise_id)
    runs: Counter[str] = Counter()
    for (enterprise_id, rule_set), group in groupby(
        numbered, key=lambda each: (each[1].enterprise_id, each[1].rule_set)
    ):
        run = list(group)
        runs[enterprise_id] += 1
        first, last = (START + run[at][0] * SECOND for at in (0, -1))
        events: Counter[str] = Counter()
        for _, each in run:
            events.update(each.events)
        for source in sorted(events):
            category, of_product, service = source.split("/")
            yield Judged(
                enterprise_id, runs[enterprise_id], rule_set,
                of_product, category, service, events[source], first, last,
            )  # fmt: skip


def has_seen(each: Batch, rule_id: str) -> bool:
    """Event by event, without runs."""
    (content,) = (one.content_id for one in IN_FORCE if one.rule_id == rule_id)
    return KNOWN.get(each.rule_set, {}).get(rule_id) == content


@settings(deadline=None)
@given(batches)
def test_events_seen_and_events_in_gaps_are_the_events_stored(given: list[Batch]) -> None:
    """Of every enterprise and every rule, and of all rules together."""
    gaps, sums = gaps_of(judged_of(given), IN_FORCE, KNOWN)
    in_gaps = Counter({(gap.enterprise_id, one.rule_id): 0 for gap in gaps for one in gap.rules})
    for gap in gaps:
        for one in gap.rules:
            in_gaps[gap.enterprise_id, one.rule_id] += one.events
    for enterprise_id, each in product(("E1", "E2"), IN_FORCE):
        own = [one for one in given if one.enterprise_id == enterprise_id]
        stored, seen = (
            sum(
                count
                for one in chosen
                for source, count in one.events.items()
                if source in FITS[each.rule_id]
            )
            for chosen in (own, [one for one in own if has_seen(one, each.rule_id)])
        )
        assert seen + in_gaps[enterprise_id, each.rule_id] == stored
    assert sums.stored == sum(sum(one.events.values()) for one in given)
    assert sums.seen + sums.in_gaps == sums.stored
    assert sums.in_gaps == sum(gap.events for gap in gaps)


@settings(deadline=None)
@given(batches)
def test_a_gap_names_why_and_holds_nothing_of_its_neighbours(given: list[Batch]) -> None:
    gaps, _ = gaps_of(judged_of(given), IN_FORCE, KNOWN)
    for gap in gaps:
        inside = [
            each
            for number, each in enumerate(given)
            if each.enterprise_id == gap.enterprise_id
            and gap.first_received_at <= START + number * SECOND <= gap.last_received_at
        ]
        assert {each.rule_set for each in inside} == {gap.rule_set_id}
        causes = {one.rule_id: one.cause for one in gap.rules}
        if gap.rule_set_id == "old":
            assert causes.items() <= {"changed": "changed", "added": "added"}.items()
        else:
            assert gap.rule_set_id != "new"
            assert set(causes.values()) == {"unknown"}


def account(each: Batch, number: int, outcome: str = "accepted", drill: str = "") -> BatchAccount:
    return BatchAccount(
        enterprise_id=each.enterprise_id,
        batch_id=f"b{number}",
        topic="t",
        partition=0,
        offset=number,
        format="windows",
        received_at=START + number * SECOND,
        outcome=outcome,
        events=sum(each.events.values()),
        stored=sum(each.events.values()),
        drill=drill,
        rule_set_id=each.rule_set,
    )


def counts(each: Batch, number: int, drill: str = "") -> Iterator[DayCount]:
    """Each source's events on two days: what counts them adds days up."""
    for source, count in each.events.items():
        category, of_product, service = source.split("/")
        for day, events in ((0, count - count // 2), (1, count // 2)):
            if events:
                yield DayCount(
                    time=START + day * DAY,
                    enterprise_id=each.enterprise_id,
                    province="330000",
                    sector="steel",
                    format="windows",
                    product=of_product,
                    category=category,
                    service=service,
                    batch_id=f"b{number}",
                    received_at=START + number * SECOND,
                    events=events,
                    late=0,
                    future=0,
                    first_time=START,
                    last_time=START + MINUTE,
                    drill=drill,
                )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChdbSink]:
    """An empty store."""
    made = ChdbSink(tmp_path / "store")
    made.migrate()
    yield made
    made.close()


def test_a_store_says_of_its_batches_what_the_reference_says(store: ChdbSink) -> None:
    """Runs are found by the engine: a rule set that comes back, drills and refusals between."""
    with pytest.raises(GapsUnknown, match="tell it when they start"):
        read_gaps(store)
    random = Random(7)
    given = [
        Batch(
            random.choice(["E1", "E2"]),
            random.choice(SETS),
            {source: random.randint(1, 9) for source in random.sample(SOURCES, 2)},
        )
        for _ in range(60)
    ]
    accounts = [account(each, number) for number, each in enumerate(given)]
    rows = [one for number, each in enumerate(given) for one in counts(each, number)]
    drilled = Batch("E1", "old", {SOURCES[0]: 5})
    accounts += [account(drilled, 100, drill="spring"), account(drilled, 101, "refused")]
    rows += counts(drilled, 100, "spring")
    of_sets = [*IN_FORCE, rule("kept", "k1", "/windows/", "old"), rule("changed", "c1", "", "old")]
    in_force = RulesInForce(rule_set_id="new", rules=())
    store.write(
        {
            EVENTS_BY_DAY.name: [EVENTS_BY_DAY.row(each) for each in rows],
            RULE_SETS.name: [RULE_SETS.row(each) for each in of_sets],
            RULES_IN_FORCE.name: [RULES_IN_FORCE.row(in_force)],
            BATCHES.name: [BATCHES.row(each) for each in accounts],
        },
        "t",
    )
    found = read_gaps(store)
    gaps, sums = gaps_of(judged_of(given), IN_FORCE, KNOWN)
    assert sorted(found.gaps, key=str) == sorted(map(by_title, gaps), key=str)
    assert (found.sums, found.rules, found.rule_set_id) == (sums, 3, "new")
    only = read_gaps(store, START + 30 * SECOND, ("E2",), ("added",))
    assert {each.enterprise_id for each in only.gaps} == {"E2"}
    assert {one.rule_id for each in only.gaps for one in each.rules} == {"added"}
    later = [each for each in given[30:] if each.enterprise_id == "E2"]
    assert only.sums.stored == sum(sum(each.events.values()) for each in later)
    with pytest.raises(GapsUnknown, match="nobody"):
        read_gaps(store, rules=("nobody",))


def by_title(gap: Gap) -> Gap:
    """Rules of equally many events stand in the order in which they are asked for: by title."""
    rules = sorted(gap.rules, key=lambda one: (-one.events, one.title))
    return msgspec.structs.replace(gap, rules=tuple(rules))
