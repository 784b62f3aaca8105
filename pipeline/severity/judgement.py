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
from schemas.glossary import TIER
from schemas.moments import Moment

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
    sensitive = known.get("sensitive_persons")
    if choices.sensitive_is_personal and sensitive:
        # Whose sensitive information is involved has personal information involved (PIPL Art. 28).
        known["persons"] = max(known.get("persons", sensitive), sensitive, key=_count)
    if "outage_minutes" in known:
        since = known["outage_minutes"].stated_at
        _presume(known, "facilities", choices.unstated_facilities, since)
        operator = known.get("critical_infrastructure")
        if operator is not None and operator.value == "yes":
            _presume(known, "critical_infrastructure_scope", choices.unstated_scope, since)
    _rank_news_site(known)
    reached = [known[fact].stated_at for fact in SITE_FACTS if fact in known]
    # A platform's own limbs grade it: no portal has to be presumed beside it.
    if reached and "platform" not in known:
        _presume(known, "portal", choices.unstated_site, max(reached))
    return known


SITE_FACTS = (
    "portal_outage_minutes",
    "illegal_content_minutes",
    "reposts",
    "views",
    "spread_finding",
)
"""What is graded by whose site it happened to."""
_NEWS_RANKS = {"other": "other", "provincial": "prefecture", "central": "provincial"}
"""A key news site's rank, and the rank of the portals that stand in the same tier."""


def _rank_news_site(known: dict[str, Stated]) -> None:
    """A news site counts as the portal that the annex names beside it."""
    news = known.get("news_site")
    if news is None or not isinstance(news.value, str):
        return
    rank = Stated(_NEWS_RANKS[news.value], news.stated_by, news.stated_at, news.basis)
    portal = known.get("portal")
    if portal is None or weight_of("portal", portal.value) < weight_of("portal", rank.value):
        known["portal"] = rank


def _count(stated: Stated) -> int:
    return stated.value if isinstance(stated.value, int) else 0


def _presume(known: dict[str, Stated], fact: str, value: str, since: Moment) -> None:
    """Until it is stated, the reading that policy chose."""
    if value and fact not in known:
        known[fact] = Stated(value, "policy", since, "estimated")


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
    """Every row of every limb held against the facts (`entail` them first).

    A row that holds by a reading is left out where the words of the same limb suffice for the
    tier: a reason then says what the text says, and says it once.
    """
    results = tuple(
        _result(limb, row, facts)
        for limb in limbs
        for row in limb.rows
        if not (row.choice and _suffices(limb, row.tier, facts))
    )
    tier = graver(None, *(result.tier for result in results if result.outcome == "met"))
    return Judgement(tier, results, _raises(limbs, facts, tier))


def _suffices(limb: Limb, tier: Tier, facts: Facts) -> bool:
    """Whether the limb's own words, without a reading, give the tier."""
    return any(
        row.tier == tier and not row.choice and check_conditions(row.tests, facts) == "met"
        for row in limb.rows
    )


def _result(limb: Limb, row: Row, facts: Facts) -> LimbResult:
    known = [facts[test.fact] for test in row.tests if test.fact in facts]
    basis, stated = _weakest(known)
    # Who the operator is nobody can change: what is shown is how much harm it takes.
    shown = [test for test in row.tests if test.fact not in OPERATOR_FACTS] or list(row.tests)
    outcome = check_conditions(row.tests, facts)
    article = limb.article.of_tier(row.tier)
    met = [test.fact for test in row.tests] if outcome == "met" else []
    return LimbResult(
        limb=limb.key,
        tier=row.tier,
        outcome=outcome,
        value="；".join(
            read_zh(test.fact, facts[test.fact].value) for test in row.tests if test.fact in facts
        ),
        bound="；".join(bound_text(test, "zh") for test in shown),
        value_en="; ".join(
            read_en(test.fact, facts[test.fact].value) for test in row.tests if test.fact in facts
        ),
        bound_en="; ".join(bound_text(test, "en") for test in shown),
        basis=basis,
        stated_by=stated.stated_by if stated else "",
        stated_at=stated.stated_at if stated else 0,
        article=article.zh,
        article_en=article.en,
        text_zh=f"{limb.zh}（按所选解释）" if row.choice else limb.zh,
        text_en=f"{limb.en} (by the reading chosen)" if row.choice else limb.en,
        finding_zh="、".join(_finding_zh(name, facts[name].value) for name in met),
        finding_en=" and ".join(_finding_en(name, facts[name].value) for name in met),
        unconfirmed=row.unconfirmed,
        confidence=row.confidence,
    )


def _finding_zh(name: str, value: Value) -> str:
    joint = "" if isinstance(value, int) else "为"
    return f"{KINDS[name].zh}{joint}{read_zh(name, value).replace(' ', '')}"


def _finding_en(name: str, value: Value) -> str:
    return f"{KINDS[name].en}: {read_en(name, value)}"


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
    # Single facts before pairs, then the nearest tier.
    found.sort(key=lambda one: ("+" in one.fact, GRAVITY[one.tier]))
    return tuple(found[:RAISES_MAX])


def _open_tests(row: Row, facts: Facts) -> tuple[Condition, ...]:
    """What is missing for the row; () where that is more than two facts, or the operator's."""
    tests = tuple(test for test in row.tests if check_condition(test, facts) != "met")
    fixed = any(test.fact in OPERATOR_FACTS for test in tests)
    # With three facts missing a row says nothing of how near it is.
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
    return Raise(reached, key, f"{zh}：{TIER[reached].zh}", f"{en}: {TIER[reached].en}")


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
