"""Facts against limbs: the tier, every limb's outcome, and what would raise the tier."""

from collections.abc import Sequence

import msgspec

from pipeline.severity.facts import (
    KINDS,
    OPERATOR_FACTS,
    WORDS_ZH,
    Facts,
    Stated,
    Value,
    read_en,
    read_zh,
    weight_of,
)
from pipeline.severity.limbs import (
    Condition,
    Limb,
    Row,
    bound_text,
    check_condition,
    check_conditions,
)
from pipeline.severity.policy import Choices
from schemas.assessment import Basis, LimbResult, Raise, Tier

GRAVITY: dict[Tier | None, int] = {None: 0, "IV": 1, "III": 2, "II": 3, "I": 4}
"""Grows with gravity; None is no tier at all."""
RAISES_MAX = 12


class Judgement(msgspec.Struct, frozen=True):
    """One regime's reading of one set of facts."""

    tier: Tier | None
    limbs: tuple[LimbResult, ...]
    raises: tuple[Raise, ...]


def graver(*tiers: Tier | None) -> Tier | None:
    """The gravest of them."""
    return max(tiers, key=GRAVITY.__getitem__)


def entail(choices: Choices, facts: Facts) -> dict[str, Stated]:
    """The facts, and what follows from them: presumptions of policy, and plain logic."""
    known = dict(facts)
    if choices.sensitive_is_personal:
        _count_sensitive(known)
    if "outage_minutes" in known:
        _presume(known, "facilities", choices.unstated_facilities)
        if _is_yes(known, "critical_infrastructure"):
            _presume(known, "critical_infrastructure_scope", choices.unstated_scope)
    return known


def _count_sensitive(known: dict[str, Stated]) -> None:
    """Whose sensitive information is involved has personal information involved."""
    sensitive, persons = known.get("sensitive_persons"), known.get("persons")
    if sensitive and (persons is None or _count(sensitive) > _count(persons)):
        known["persons"] = sensitive


def _count(stated: Stated) -> int:
    return stated.value if isinstance(stated.value, int) else 0


def _presume(known: dict[str, Stated], fact: str, value: str) -> None:
    """Until it is stated, the reading that does not under-report (不得漏报)."""
    if value and fact not in known:
        known[fact] = Stated(value, "policy", known["outage_minutes"].stated_at, "estimated")


def _is_yes(known: Facts, fact: str) -> bool:
    stated = known.get(fact)
    return stated is not None and stated.value == "yes"


def tier_of(limbs: Sequence[Limb], facts: Facts) -> Tier | None:
    """The gravest tier of which one row is met; None where none is."""
    met = (
        row.tier
        for limb in limbs
        for row in limb.rows
        if check_conditions(row.tests, facts) == "met"
    )
    return graver(None, *met)


def judge(limbs: Sequence[Limb], facts: Facts) -> Judgement:
    """Every row of every limb held against the facts (`entail` them first)."""
    results = tuple(_result(limb, row, facts) for limb in limbs for row in limb.rows)
    tier = graver(None, *(result.tier for result in results if result.outcome == "met"))
    return Judgement(tier, results, _raises(limbs, facts, tier))


def _result(limb: Limb, row: Row, facts: Facts) -> LimbResult:
    known = [facts[test.fact] for test in row.tests if test.fact in facts]
    basis, stated = _weakest(known)
    shown = [test for test in row.tests if test.fact not in OPERATOR_FACTS] or list(row.tests)
    return LimbResult(
        limb=limb.key,
        tier=row.tier,
        outcome=check_conditions(row.tests, facts),
        value="; ".join(
            read_zh(test.fact, facts[test.fact].value) for test in row.tests if test.fact in facts
        ),
        bound="; ".join(bound_text(test, "zh") for test in shown),
        value_en="; ".join(
            read_en(test.fact, facts[test.fact].value) for test in row.tests if test.fact in facts
        ),
        bound_en="; ".join(bound_text(test, "en") for test in shown),
        basis=basis,
        stated_by=stated.stated_by if stated else "",
        stated_at=stated.stated_at if stated else 0,
        article=limb.article,
        text_zh=_note(limb.zh, row.choice, "策略选择"),
        text_en=_note(limb.en, row.choice, "policy choice"),
        unconfirmed=row.unconfirmed,
    )


def _note(text: str, choice: str, word: str) -> str:
    return f"{text} [{word}: {choice}]" if choice else text


_TRUST: tuple[Basis, ...] = ("none", "estimated", "reported", "observed")


def _weakest(known: Sequence[Stated]) -> tuple[Basis, Stated | None]:
    """A row is as sure as its least sure fact, and as recent as that one."""
    if not known:
        return "none", None
    weakest = min(known, key=lambda stated: (_TRUST.index(stated.basis), -stated.stated_at))
    return weakest.basis, weakest


def _raises(limbs: Sequence[Limb], facts: Facts, tier: Tier | None) -> tuple[Raise, ...]:
    """For each fact or pair of facts the smallest change that reaches a graver tier."""
    smallest: dict[str, tuple[Condition, ...]] = {}
    for limb in limbs:
        for row in limb.rows:
            if GRAVITY[row.tier] > GRAVITY[tier]:
                _keep_smaller(smallest, _open_tests(row, facts))
    found = [_raise(limbs, facts, key, tests) for key, tests in smallest.items()]
    found.sort(key=lambda one: ("+" in one.fact, GRAVITY[one.tier]))
    return tuple(found[:RAISES_MAX])


def _open_tests(row: Row, facts: Facts) -> tuple[Condition, ...]:
    """What is missing for the row; () where that is more than two facts, or the operator's."""
    tests = tuple(test for test in row.tests if check_condition(test, facts) != "met")
    fixed = any(test.fact in OPERATOR_FACTS for test in tests)
    return () if fixed or len(tests) > 2 else tests


def _keep_smaller(smallest: dict[str, tuple[Condition, ...]], tests: tuple[Condition, ...]) -> None:
    key = "+".join(test.fact for test in tests)
    if key and (key not in smallest or _weights(tests) < _weights(smallest[key])):
        smallest[key] = tests


def _weights(tests: tuple[Condition, ...]) -> tuple[int, ...]:
    return tuple(weight_of(test.fact, _least(test)) for test in tests)


def _least(test: Condition) -> Value:
    """The smallest value that meets the test."""
    return test.among[0] if test.among else test.at_least or 0


def _raise(limbs: Sequence[Limb], facts: Facts, key: str, tests: tuple[Condition, ...]) -> Raise:
    """With the tier that the change really reaches, which other limbs may make graver still."""
    changed = {test.fact: Stated(_least(test), "", 0, "estimated") for test in tests}
    reached = tier_of(limbs, {**facts, **changed})
    assert reached is not None, "the row that asked for the change is met by it"
    zh = "，且".join(_change_zh(test, facts) for test in tests)
    en = " and ".join(_change_en(test, facts) for test in tests)
    return Raise(reached, key, f"{zh}：{reached}级", f"{en}: {reached}")


def _missing(test: Condition, facts: Facts) -> int | None:
    """How much a known figure lacks; None where the fact is a word or unknown."""
    stated = facts.get(test.fact)
    if stated is None or isinstance(stated.value, str) or test.at_least is None:
        return None
    return test.at_least - stated.value


def _change_zh(test: Condition, facts: Facts) -> str:
    kind, missing = KINDS[test.fact], _missing(test, facts)
    if missing is not None:
        return f"{kind.zh}再增加 {missing:,} {kind.unit_zh}"
    if test.among:
        return f"{kind.zh}为{WORDS_ZH[test.among[0]]}"
    return f"{kind.zh} ≥ {read_zh(test.fact, test.at_least or 0)}（尚不明确）"


def _change_en(test: Condition, facts: Facts) -> str:
    kind, missing = KINDS[test.fact], _missing(test, facts)
    if missing is not None:
        return f"{missing:,} {kind.unit_en} more ({kind.en})"
    if test.among:
        return f"{kind.en} {test.among[0].replace('_', ' ')}"
    return f"{kind.en} of at least {read_en(test.fact, test.at_least or 0)} (not stated)"
