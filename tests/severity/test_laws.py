"""Laws of tiers and duties, over random facts, incidents, commands and looks at the clock."""

from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.severity.facts import KINDS, OPERATOR_FACTS, Stated, is_lower
from pipeline.severity.judgement import GRAVITY, entail, judge, tier_of
from pipeline.severity.policy import TACTIC_STAGES, Choices, SeverityPolicy
from pipeline.severity.regimes import REGIMES, limbs_in_force
from pipeline.severity.state import SeverityState
from pipeline.severity.step import assess, expire, handle_command
from schemas.assessment import Assessment, Obligation, Tier
from schemas.moments import MINUTE
from tests.severity.builders import FACTORY, at, clock, command, context, impact, incident

DISCOVERED = at("2026-03-02 09:00")
LITERAL = SeverityPolicy(choices=Choices(unstated_facilities="", unstated_scope=""))
"""Without presumptions: there, stating a fact corrects what was presumed."""
POLICY = SeverityPolicy()
PRESUMED = {"facilities", "critical_infrastructure_scope"}
NUMBERS = st.one_of(
    st.integers(0, 2_000),
    st.sampled_from([10**power + step for power in range(3, 10) for step in (-1, 0, 1)]),
)


def value_of(name: str) -> st.SearchStrategy[int | str]:
    return st.sampled_from(KINDS[name].words) if KINDS[name].words else NUMBERS


def facts_of(names: Sequence[str]) -> st.SearchStrategy[dict[str, Stated]]:
    fact = {name: value_of(name).map(lambda v: Stated(v, "li", 1, "reported")) for name in names}
    return st.fixed_dictionaries({}, optional=fact)


HARM = [name for name in KINDS if name not in OPERATOR_FACTS]


@given(
    facts_of(list(KINDS)),
    st.sampled_from(HARM).flatmap(lambda n: st.tuples(st.just(n), value_of(n))),
)
def test_adding_a_fact_never_lowers_a_tier(facts: dict[str, Stated], new: Any) -> None:
    name, value = new
    if name in facts:
        return
    more = {**facts, name: Stated(value, "li", 2, "reported")}
    for policy in (LITERAL, POLICY):
        if policy is POLICY and name in PRESUMED:
            continue
        for regime in REGIMES:
            limbs = limbs_in_force(policy, regime, "", DISCOVERED)
            before = tier_of(limbs, entail(policy.choices, facts))
            after = tier_of(limbs, entail(policy.choices, more))
            assert GRAVITY[after] >= GRAVITY[before]


@given(
    facts_of(list(KINDS)),
    st.sampled_from(HARM).flatmap(lambda n: st.tuples(st.just(n), value_of(n))),
)
def test_a_graver_value_never_lowers_a_tier(facts: dict[str, Stated], new: Any) -> None:
    name, value = new
    if name not in facts or is_lower(name, value, facts[name].value):
        return
    graver = {**facts, name: Stated(value, "li", 2, "reported")}
    for regime in REGIMES:
        limbs = limbs_in_force(POLICY, regime, "", DISCOVERED)
        before = tier_of(limbs, entail(POLICY.choices, facts))
        assert GRAVITY[tier_of(limbs, entail(POLICY.choices, graver))] >= GRAVITY[before]


@given(facts_of(list(KINDS)))
def test_a_raise_is_true_and_smallest(facts: dict[str, Stated]) -> None:
    for regime in REGIMES:
        limbs = limbs_in_force(POLICY, regime, "", DISCOVERED)
        known = entail(POLICY.choices, facts)
        judgement = judge(limbs, known)
        for one in judgement.raises:
            if "+" in one.fact:
                continue
            tiers = [_tier_with(limbs, known, one.fact, v) for v in _steps(limbs, one.fact)]
            raised = [tier for tier in tiers if GRAVITY[tier] > GRAVITY[judgement.tier]]
            assert raised[0] == one.tier


def _steps(limbs: Any, fact: str) -> list[int | str]:
    """Every value at which some row begins to ask for something else, smallest first."""
    tests = [t for limb in limbs for row in limb.rows for t in row.tests if t.fact == fact]
    numbers = {test.at_least for test in tests if test.at_least is not None}
    return [*sorted(numbers)] or [*KINDS[fact].words]


def _tier_with(limbs: Any, known: Any, fact: str, value: int | str) -> Tier | None:
    return tier_of(limbs, {**known, fact: Stated(value, "li", 2, "reported")})


@given(facts_of(list(KINDS)))
def test_the_tier_is_the_gravest_limb_met(facts: dict[str, Stated]) -> None:
    for regime in REGIMES:
        limbs = limbs_in_force(POLICY, regime, "", DISCOVERED)
        judgement = judge(limbs, facts)
        met = [limb.tier for limb in judgement.limbs if limb.outcome == "met"]
        assert judgement.tier == max([None, *met], key=GRAVITY.__getitem__)
        assert judgement.tier == tier_of(limbs, facts)
        stated_only = all(limb.outcome != "met" or limb.basis != "none" for limb in judgement.limbs)
        assert stated_only, "an unknown fact met a limb"


@given(st.lists(st.sampled_from(list(TACTIC_STAGES)), min_size=1, max_size=6))
def test_more_evidence_never_lowers_what_may_occur(tactics: list[str]) -> None:
    state, seen = SeverityState(), incident(DISCOVERED)
    highest = dict.fromkeys(REGIMES, 0)
    for index in range(len(tactics)):
        now = DISCOVERED + index * MINUTE
        revised = msgspec.structs.replace(
            seen, tactics=tuple(tactics[: index + 1]), scenario="other", revised_at=now
        )
        for row in assess(POLICY, state, [revised], clock(now), context()):
            if isinstance(row, Assessment):
                assert GRAVITY[row.tier] >= highest[row.regime]
                highest[row.regime] = GRAVITY[row.tier]


STATEMENTS = st.fixed_dictionaries(
    {},
    optional={
        "direct_loss_cny": st.sampled_from([0, 6_000_000, 60_000_000, 150_000_000, 10**9]),
        "persons": st.sampled_from([10, 2_000_000, 20_000_000]),
        "data_class": st.sampled_from(["general", "important", "core"]),
        "threat": st.sampled_from(["slight", "serious"]),
    },
)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("impact"), STATEMENTS),
        st.tuples(st.just("confirm"), st.just(None)),
        st.tuples(st.just("reported"), st.integers(0, 11)),
        st.tuples(st.just("tactic"), st.sampled_from(list(TACTIC_STAGES))),
        st.tuples(st.just("resolve"), st.just(None)),
        st.tuples(st.just("look"), st.just(None)),
    ),
    max_size=8,
)
PACES = st.lists(st.sampled_from([1, 7, 30, 300, 4_000, 20_000]), min_size=8, max_size=8)


def run(acts: Any, paces: list[int], looks: int = 0, snapshot: bool = False) -> list[Any]:
    """Acts at their moments; in between the clock is looked at, and the state laid down."""
    state, now, rows = SeverityState(), DISCOVERED, []
    case = incident(now, tactics=("collection",))
    rows += assess(POLICY, state, [case], clock(now), context())
    for (verb, detail), pace in zip(acts, paces, strict=False):
        for look in range(looks):
            moment = now + pace * MINUTE * (look + 1) // (looks + 1)
            rows += expire(POLICY, state, clock(moment))
        now += pace * MINUTE
        if snapshot:
            state = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=SeverityState)
        case, more = _act(state, case, verb, detail, now)
        rows += more
    return [*rows, *expire(POLICY, state, clock(now + 60 * 24 * 60 * MINUTE))]


def _act(state: Any, case: Any, verb: str, detail: Any, now: int) -> tuple[Any, list[Any]]:
    when, where = clock(now), context()
    if verb == "look":
        return case, []
    if verb == "tactic":
        case = msgspec.structs.replace(case, tactics=(*case.tactics, detail), revised_at=now)
        return case, list(assess(POLICY, state, [case], when, where))
    if verb == "reported":
        known = list(state.records[case.incident_id].obligations.values())
        if not known:
            return case, []
        said = command("reported", now, obligation_id=known[detail % len(known)].obligation_id)
    elif verb == "impact":
        said = impact(now, **detail)
    else:
        changes = {"confirmed": True} if verb == "confirm" else {"status": "resolved"}
        case = msgspec.structs.replace(case, revised_at=now, **changes)
        said = command(verb, now)
    return case, list(handle_command(POLICY, state, said, case, when, where))


@settings(max_examples=60, deadline=None)
@given(ACTS, PACES)
def test_state_laid_down_and_taken_up_anywhere_changes_nothing(acts: Any, paces: Any) -> None:
    assert run(acts, paces) == run(acts, paces, snapshot=True)


@settings(max_examples=60, deadline=None)
@given(ACTS, PACES, st.integers(1, 4))
def test_how_often_one_looks_at_the_clock_changes_nothing(
    acts: Any, paces: Any, looks: int
) -> None:
    assert run(acts, paces) == run(acts, paces, looks=looks)


@settings(max_examples=60, deadline=None)
@given(ACTS, PACES)
def test_revisions_count_up_and_nothing_is_undone_silently(acts: Any, paces: Any) -> None:
    last: dict[str, Any] = {}
    for row in run(acts, paces):
        key = row.obligation_id if isinstance(row, Obligation) else row.regime
        before = last.get(key)
        assert row.revision == (before.revision + 1 if before else 1)
        if isinstance(row, Obligation) and before:
            assert before.state != "done" or row.state == "done"
            assert row.state != "withdrawn" or row.reason_en.startswith("withdrawn")
        last[key] = row


@settings(max_examples=60, deadline=None)
@given(ACTS, PACES)
def test_a_tier_falls_only_by_correction_or_confirmation(acts: Any, paces: Any) -> None:
    last: dict[str, Assessment] = {}
    for row in run(acts, paces):
        if not isinstance(row, Assessment):
            continue
        before = last.get(row.regime)
        fell = before is not None and GRAVITY[row.tier] < GRAVITY[before.tier]
        if fell and before is not None and before.occurred == row.occurred:
            assert "corrected" in row.reason_en
        last[row.regime] = row


@given(st.integers(0, 3))
def test_the_same_incident_again_writes_nothing(times: int) -> None:
    state, case = SeverityState(), incident(DISCOVERED)
    assess(POLICY, state, [case], clock(DISCOVERED), context(FACTORY))
    for _ in range(times):
        assert assess(POLICY, state, [case], clock(DISCOVERED + 1), context(FACTORY)) == []
