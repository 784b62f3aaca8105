"""Laws: the engine equals the definition, whatever the order of arrival, batching or restarts."""

from typing import Any, NamedTuple

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.correlation.extraction import texts_of_key
from pipeline.correlation.faults import CorrelationFaults
from pipeline.correlation.plan import CorrelationPlan
from pipeline.correlation.policy import CorrelationPolicy
from pipeline.sigma.reading.documents import (
    And,
    CorrelationType,
    Expression,
    Not,
    Operator,
    Or,
    RuleName,
    SigmaCorrelation,
)
from schemas.event import Event
from schemas.moments import SECOND
from tests.correlation import reference
from tests.correlation.samples import START, Run, correlation, event, plan_of, seconds_of

Matched = tuple[Event, str]
OPERATORS: tuple[Operator, ...] = ("gt", "gte", "lt", "lte", "eq", "neq")
END_S = 10_000


class Case(NamedTuple):
    correlations: tuple[SigmaCorrelation, ...]
    plan: CorrelationPlan
    matched: list[Matched]
    lateness_s: int
    late_hold_s: int

    def __repr__(self) -> str:
        """Short enough to read in a failure."""
        rules = [
            (c.rule_id, c.rule.type, c.rule.group_by, c.facts["en"]) for c in self.plan.correlations
        ]
        events = [(seconds_of(e.time), e.event_id, e.fields, ids) for e, ids in self.matched]
        times = f"lateness {self.lateness_s}, hold {self.late_hold_s}"
        return f"{rules}, {events}, {times}, {self.plan.policy}"

    def batch(self, numbers: list[int]) -> list[Matched]:
        return [self.matched[number] for number in numbers]


def expressions(names: list[str]) -> st.SearchStrategy[Expression]:
    """Any of them, and more often than chance `one and not another`, which is absence."""
    leaves = st.sampled_from([RuleName(name) for name in names])
    anything = st.recursive(
        leaves,
        lambda inner: st.one_of(
            inner.map(Not),
            st.lists(inner, min_size=2, max_size=3).map(lambda each: And(tuple(each))),
            st.lists(inner, min_size=2, max_size=3).map(lambda each: Or(tuple(each))),
        ),
        max_leaves=5,
    )
    absence = st.permutations([RuleName(name) for name in names]).map(
        lambda each: And((*each[:-1], Not(each[-1]))) if len(each) > 1 else each[0]
    )
    return st.one_of(anything, absence)


def names_in(expression: Expression) -> set[str]:
    match expression:
        case RuleName(name):
            return {name}
        case Not(operand):
            return names_in(operand)
        case And(operands) | Or(operands):
            return {name for each in operands for name in names_in(each)}


@st.composite
def rules_of_one(
    draw: st.DrawFn, rule_id: str, names: list[str], groups: list[str]
) -> SigmaCorrelation:
    """One correlation over `names`, grouped by some of `groups`."""
    kind = draw(st.sampled_from(KINDS if names == list("abcd") else INNER_KINDS))
    span_s = draw(st.integers(1, 12))
    group_by = draw(st.lists(st.sampled_from(groups), unique=True)) if groups else []
    rules = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    if names != list("abcd") and names[0] not in rules:
        rules = [names[0], *rules]
    shape: dict[str, Any] = {"group_by": group_by, "rule_id": rule_id}
    if kind.startswith("temporal"):
        expression = draw(st.none() | expressions(rules))
        if expression is not None:
            named = names_in(expression)
            rules = [each for each in rules if each in named]
        return correlation(kind, rules, span_s, expression=expression, **shape)
    if kind != "event_count":
        shape["field"] = "user" if kind == "value_count" else "amount"
    if kind == "value_percentile":
        shape["percentile"] = draw(st.integers(0, 100))
    operators = draw(st.lists(st.sampled_from(OPERATORS), min_size=1, max_size=2, unique=True))
    bounds: dict[str, Any] = {each: draw(st.integers(0, 6)) for each in operators}
    return correlation(kind, rules, span_s, **shape, **bounds)


KINDS: tuple[CorrelationType, ...] = (
    "event_count",
    "value_count",
    "temporal",
    "temporal_ordered",
    "value_sum",
    "value_avg",
    "value_percentile",
)
INNER_KINDS: tuple[CorrelationType, ...] = ("event_count", "temporal", "temporal_ordered")


@st.composite
def matched_events(draw: st.DrawFn) -> list[Matched]:
    events = []
    for number in range(draw(st.integers(0, 24))):
        fields: dict[str, Any] = {"host": draw(st.sampled_from("xy"))}
        if draw(st.integers(0, 9)):
            fields["user"] = draw(st.sampled_from(["u", "v", "w"]))
        fields["amount"] = draw(st.sampled_from([-1, 0, 1, 2.5, 3, "2", "0.1", "many"]))
        fields["Computer"] = fields["host"]
        ids = draw(st.sampled_from(["a", "b", "c", "d", "ab", "ac", "abcd"]))
        events.append((event(draw(st.integers(0, 40)), f"e{number:02}", **fields), ids))
    return events


@st.composite
def cases(draw: st.DrawFn, revision_gaps_s: tuple[int, ...] = (0, 7, 60)) -> Case:
    first = draw(rules_of_one("c0", list("abcd"), ["user", "host"]))
    correlations = [first]
    if draw(st.booleans()):
        correlations.append(draw(rules_of_one("c1", ["c0", "a", "b"], list(first.group_by))))
        if draw(st.booleans()):
            groups = list(correlations[1].group_by)
            correlations.append(draw(rules_of_one("c2", ["c1", "c0", "d"], groups)))
    policy = CorrelationPolicy(revision_gap_s=draw(st.sampled_from(revision_gaps_s)))
    late_hold_s = draw(st.sampled_from([0, 5, 3600]))
    for each in correlations:
        reference.INNER_GROUPS[each.head.rule_id] = each.group_by
    lateness_s = draw(st.sampled_from([0, 3, 10, 40]))
    try:
        plan = plan_of(*correlations, policy=policy)
    except CorrelationFaults:
        return draw(cases(revision_gaps_s))
    return Case(tuple(correlations), plan, draw(matched_events()), lateness_s, late_hold_s)


@st.composite
def arrivals(draw: st.DrawFn, case: Case) -> list[int]:
    """An order in which no event comes later than the lateness allows."""
    delays = st.integers(0, case.lateness_s * SECOND)
    delayed = [(each[0].time + draw(delays), number) for number, each in enumerate(case.matched)]
    return [number for _, number in sorted(delayed)]


@st.composite
def cut_up(draw: st.DrawFn, order: list[int]) -> list[list[int]]:
    batches: list[list[int]] = []
    rest = order
    while rest:
        size = draw(st.integers(1, 6))
        batches.append(rest[:size])
        rest = rest[size:]
    return batches


def found_by(run: Run) -> set[reference.Found]:
    groups = {(each.rule_id): each.rule.group_by for each in run.plan.correlations}
    return {
        reference.Found(
            each.rule_id,
            _group_of(each.summary, groups[each.rule_id]),
            each.time,
            each.first_time,
            each.last_time,
            each.event_count,
            frozenset(each.event_ids),
            frozenset(each.entities),
        )
        for each in run.active()
    }


def _group_of(summary: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The group's values, as the summary tells them."""
    if not names:
        return ()
    told = dict(part.split(" ", 1) for part in summary.rpartition("; ")[2].split(", "))
    return tuple(told[name] for name in names)


def new_run(case: Case) -> Run:
    return Run(case.plan, case.lateness_s, late_hold_s=case.late_hold_s)


def feed_all(case: Case, batches: list[list[int]]) -> Run:
    run = new_run(case)
    for batch in batches:
        run.feed(*case.batch(batch))
    run.end(END_S)
    return run


@given(st.data())
@settings(max_examples=600, deadline=None)
def test_equals_the_definition_at_the_end(data: st.DataObject) -> None:
    case = data.draw(cases())
    batches = data.draw(cut_up(data.draw(arrivals(case))))
    run = feed_all(case, batches)
    end = START + END_S * SECOND
    assert found_by(run) == reference.by_definition(case.correlations, case.matched, end)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_equals_the_definition_after_every_step_where_nothing_waits(data: st.DataObject) -> None:
    case = data.draw(cases(revision_gaps_s=(0,)))
    batches = data.draw(cut_up(data.draw(arrivals(case))))
    run = new_run(case)
    seen: list[Matched] = []
    for batch in batches:
        run.feed(*case.batch(batch))
        seen += case.batch(batch)
        expected = reference.by_definition(case.correlations, seen, run.clock.watermark)
        assert found_by(run) == expected


def without_history(run: Run) -> list[object]:
    return [msgspec.structs.replace(each, revision=0, received_at=0) for each in run.active()]


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_arrival_order_and_batching_make_no_difference(data: st.DataObject) -> None:
    case = data.draw(cases())
    ordered = [[n] for n in sorted(range(len(case.matched)), key=lambda n: case.matched[n][0].time)]
    one_by_one = feed_all(case, ordered)
    batches = data.draw(cut_up(data.draw(arrivals(case))))
    shuffled = feed_all(case, batches)
    assert without_history(one_by_one) == without_history(shuffled)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_restarts_change_no_row(data: st.DataObject) -> None:
    case = data.draw(cases())
    batches = data.draw(cut_up(data.draw(arrivals(case))))
    steady, restarted = new_run(case), new_run(case)
    for batch in batches:
        steady.feed(*case.batch(batch))
        if data.draw(st.booleans()):
            restarted.restore()
        restarted.feed(*case.batch(batch))
    steady.end(END_S)
    restarted.restore()
    restarted.end(END_S)
    assert steady.rows == restarted.rows


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_batch_sent_again_changes_nothing(data: st.DataObject) -> None:
    case = data.draw(cases())
    batches = data.draw(cut_up(data.draw(arrivals(case))))
    once = feed_all(case, batches)
    twice = new_run(case)
    for batch in batches:
        twice.feed(*case.batch(batch))
        assert twice.feed(*case.batch(batch)) == []
    twice.end(END_S)
    assert without_history(once) == without_history(twice)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_late_events_within_the_hold_count_as_if_on_time(data: st.DataObject) -> None:
    case = data.draw(cases())
    wide = case._replace(lateness_s=case.lateness_s + case.late_hold_s)
    order = data.draw(arrivals(wide))
    run = feed_all(case, [[each] for each in order])
    end = START + END_S * SECOND
    assert found_by(run) == reference.by_definition(case.correlations, case.matched, end)


def test_a_failing_case_says_what_it_is() -> None:
    plan = plan_of(correlation("event_count", "a", 5, gte=2))
    case = Case((), plan, [(event(1, "e1", user="u"), "a")], 3, 5)
    assert repr(case).startswith(
        "[('corr', 'event_count', (), 'events ≥ 2 within 5s')], [(1.0, 'e1'"
    )


class Sent(NamedTuple):
    """An event on its way: whose it is, and when it is received."""

    received_s: float
    number: int
    source: str


@st.composite
def interleavings(draw: st.DrawFn, case: Case) -> list[Sent]:
    """Each source in its own order within the lateness; sources as far apart as the hold allows."""
    hold_s = case.late_hold_s
    delays_s = {source: draw(st.integers(0, hold_s)) for source in "pqr"}
    sent = []
    for number, (each, _) in enumerate(case.matched):
        source = draw(st.sampled_from("pqr"))
        jitter_s = draw(st.integers(0, case.lateness_s))
        received_s = seconds_of(each.time) + delays_s[source] + jitter_s
        sent.append(Sent(received_s, number, source))
    return sorted(sent)


@st.composite
def bursts(draw: st.DrawFn, case: Case) -> list[Sent]:
    """All within the hold by receipt, in any order whatever: files, one after another."""
    gap_s = case.late_hold_s / (len(case.matched) + 1)
    order = draw(st.permutations(range(len(case.matched))))
    return [
        Sent(100 + place * gap_s, number, draw(st.sampled_from("pqr")))
        for place, number in enumerate(order)
    ]


def arrivals_of_sources(case: Case) -> st.SearchStrategy[list[Sent]]:
    return st.one_of(interleavings(case), *([bursts(case)] if case.late_hold_s else []))


def sourced(case: Case) -> Run:
    """Limits that a drawn timeline of some tens of seconds reaches."""
    return Run(case.plan, case.lateness_s, late_hold_s=case.late_hold_s, idle_s=9, behind_s=4)


def send(run: Run, case: Case, sent: list[Sent], cut: st.DataObject) -> None:
    """In batches of what comes next to each other, with restarts and silences between."""
    while sent:
        size = cut.draw(st.integers(1, 4))
        taken, sent = sent[:size], sent[size:]
        matched = [case.matched[each.number] for each in taken]
        named = [
            (msgspec.structs.replace(each, host=sent_by.source), ids)
            for (each, ids), sent_by in zip(matched, taken, strict=True)
        ]
        run.feed(*named, received_s=taken[-1].received_s)
        if cut.draw(st.integers(0, 4)) == 0:
            run.restore()
        if sent and cut.draw(st.integers(0, 4)) == 0:
            run.wait_to(cut.draw(st.floats(taken[-1].received_s, sent[0].received_s)))


@given(st.data())
@settings(max_examples=600, deadline=None)
def test_any_interleaving_of_sources_comes_to_the_definition(data: st.DataObject) -> None:
    case = data.draw(cases())
    run = sourced(case)
    sent = data.draw(arrivals_of_sources(case))
    send(run, case, sent, data)
    run.end(END_S)
    end = START + END_S * SECOND
    assert found_by(run) == reference.by_definition(case.correlations, case.matched, end)
    steady = feed_all(case, [[n] for n in in_order(case)])
    assert {each.detection_id for each in run.active()} == {
        each.detection_id for each in steady.active()
    }


def in_order(case: Case) -> list[int]:
    return sorted(range(len(case.matched)), key=lambda number: case.matched[number][0].time)


def strangers(case: Case) -> st.SearchStrategy[list[Sent]]:
    """Receipts of events of one source whose clock may say anything."""
    return st.lists(
        st.builds(Sent, st.floats(0, 100), st.just(-1), st.just("z")), min_size=1, max_size=8
    )


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_one_source_with_any_clock_changes_nothing_for_the_groups_of_others(
    data: st.DataObject,
) -> None:
    case = data.draw(cases())
    assume(all(each.group_by for each in case.correlations))
    own = data.draw(interleavings(case))
    strange = data.draw(strangers(case))
    clocks = st.one_of(st.floats(-10_000, 10_000), st.floats(-1e9, 1e9))
    others = [
        (event(data.draw(clocks), f"z{n}", user="z", host="z", amount=1, Computer="z"), "abcd")
        for n in range(len(strange))
    ]
    disturbed_case = case._replace(matched=[*case.matched, *others])
    numbered = [each._replace(number=len(case.matched) + n) for n, each in enumerate(strange)]
    disturbed, quiet = sourced(case), sourced(case)
    send(disturbed, disturbed_case, sorted([*own, *numbered]), data)
    send(quiet, case, own, data)
    disturbed.end(END_S)
    quiet.end(END_S)
    kept = [each for each in found_by(disturbed) if "z" not in each.group]
    assert set(kept) == found_by(quiet)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_nothing_is_left_once_every_window_is_over(data: st.DataObject) -> None:
    case = data.draw(cases())
    run = feed_all(case, data.draw(cut_up(data.draw(arrivals(case)))))
    assert (run.state.groups, run.state.group_count, run.state.bytes) == ({}, 0, 0)


def test_group_keys_are_read_back() -> None:
    assert texts_of_key('["a","b"]') == ["a", "b"]
