"""The table of cases, and that it covers every row and every bound of both annexes."""

from pathlib import Path
from typing import cast

import pytest

from pipeline.severity.judgement import entail, judge
from pipeline.severity.limbs import check_conditions
from pipeline.severity.policy import Choices, SeverityPolicy
from pipeline.severity.regimes import REGIMES, limbs_in_force
from schemas.assessment import Regime
from tests.severity.builders import at, stated

TABLE = Path(__file__).parent / "cases.txt"
DISCOVERED = at("2026-03-02 09:00")
POLICY = SeverityPolicy()


def _cases() -> list[tuple[Regime, str, str]]:
    cases = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].split()
        if text:
            cases.append((cast(Regime, text[0]), text[1], " ".join(text[2:])))
    return cases


CASES = _cases()


@pytest.mark.parametrize(("regime", "tier", "facts"), CASES, ids=str)
def test_facts_give_the_tier_that_the_annex_gives(regime: Regime, tier: str, facts: str) -> None:
    limbs = limbs_in_force(POLICY, regime, "330000", DISCOVERED)
    judgement = judge(limbs, entail(POLICY.choices, stated(facts)))
    assert (judgement.tier or "-") == tier


@pytest.mark.parametrize("regime", REGIMES)
def test_table_meets_every_row_of_the_annex(regime: Regime) -> None:
    known = [entail(Choices(), stated(facts)) for case, _, facts in CASES if case == regime]
    unmet = [
        (limb.key, row)
        for limb in limbs_in_force(POLICY, regime, "330000", DISCOVERED)
        for row in limb.rows
        if not any(check_conditions(row.tests, facts) == "met" for facts in known)
    ]
    assert unmet == []


@pytest.mark.parametrize("regime", REGIMES)
def test_table_holds_every_bound_and_its_two_neighbours(regime: Regime) -> None:
    seen = {
        (name, fact.value)
        for case, _, facts in CASES
        if case == regime
        for name, fact in stated(facts).items()
    }
    bounds = {
        (test.fact, bound)
        for limb in limbs_in_force(POLICY, regime, "330000", DISCOVERED)
        for row in limb.rows
        for test in row.tests
        for bound in (test.at_least, test.below)
        if bound is not None and bound > 1
    }
    around = {(fact, bound + step) for fact, bound in bounds for step in (-1, 0, 1)}
    assert around - seen == set()


def test_unknown_is_neither_met_nor_not_met() -> None:
    for regime in REGIMES:
        limbs = limbs_in_force(POLICY, regime, "330000", DISCOVERED)
        judgement = judge(limbs, {})
        assert judgement.tier is None
        assert {limb.outcome for limb in judgement.limbs} == {"unknown"}


def test_a_limb_says_value_bound_source_and_article() -> None:
    limbs = limbs_in_force(POLICY, "miit", "330000", DISCOVERED)
    result = next(
        limb
        for limb in judge(limbs, stated("direct_loss_cny=150000000")).limbs
        if limb.limb == "3" and limb.tier == "II"
    )
    assert (result.outcome, result.basis, result.stated_by) == ("met", "reported", "li")
    assert result.value == "150,000,000 元"
    assert result.bound == "≥ 100,000,000 元，< 1,000,000,000 元"
    assert result.article == "工信部网安〔2024〕214号附件1第二条（三）"
    assert result.article_en == "MIIT 2024/214 Annex 1 II(3)"
    assert result.finding_zh == "直接经济损失150,000,000元"
    assert (result.confidence, result.unconfirmed) == ("full_text", False)


def test_raises_name_the_smallest_change_of_one_fact() -> None:
    limbs = limbs_in_force(POLICY, "miit", "330000", DISCOVERED)
    judgement = judge(limbs, entail(POLICY.choices, stated("field=industrial persons=9880000")))
    persons = next(one for one in judgement.raises if one.fact == "persons")
    assert (judgement.tier, persons.tier) == ("III", "II")
    assert persons.text_en.startswith("120,000 persons more")
    assert persons.text_zh == "涉及个人信息再增加 120,000 人：重大（Ⅱ级）"


def test_raises_never_ask_for_another_operator() -> None:
    for regime in REGIMES:
        limbs = limbs_in_force(POLICY, regime, "330000", DISCOVERED)
        facts = entail(POLICY.choices, stated("field=industrial critical_infrastructure=no"))
        raised = {name for one in judge(limbs, facts).raises for name in one.fact.split("+")}
        assert not raised & {"field", "critical_infrastructure", "central_organ"}


def test_nothing_above_tier_one_is_offered() -> None:
    limbs = limbs_in_force(POLICY, "cac", "330000", DISCOVERED)
    assert judge(limbs, stated("persons=100000000")).raises == ()
