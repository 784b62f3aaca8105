"""What `fenghuo policy try` answers, as a person reads it: tiers, grounds, duties."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.cli.policy_tables import TOLD, Line, joined, print_lines
from pipeline.severity.reasons import name_fact
from pipeline.severity.regimes import REGIMES
from schemas.glossary import (
    CHANNEL,
    CONFIDENCE,
    LAW,
    RESPONSE,
    SUGGESTED,
    TIER,
    Term,
    capital,
    read,
)
from schemas.language import Language
from schemas.moments import parse_moment, read_moment

_TRIED_DUTIES = Term("应当履行的报送义务", "Duties to report")
_NO_TIER = Term("未定级", "no limb is met")
_NOT_IN_FORCE = Term("发现时尚未施行", "not in force when the incident was discovered")
_POSSIBLE = Term(
    "尚不明确的事实查明后可能为{tier}", "possibly {tier}, once what is unknown is found out"
)
_MET = Term("符合的情形", "Met")
_UNKNOWN = Term("尚不明确：{facts}", "Not known: {facts}")
_RAISES = Term("还会使级别上升的情况", "What would raise it")
_NO_DUTY = Term("没有报送义务。", "No duty to tell anybody.")
_TRIED_THRESHOLDS = Term("数据出境及处理规模门槛", "Thresholds for data abroad and scale")
_BY = Term("{moment}前", "by {moment}")


def show_answer(answer: Mapping[str, Any], language: Language) -> None:
    """The tiers, their grounds, what would raise them, and the duties."""
    for regime in REGIMES:
        print_lines(_regime(regime, answer[regime], language))
    print_lines(_obligations(answer["obligations"], language))
    if answer["thresholds"]:
        print_lines(_thresholds(answer["thresholds"], language))


def _regime(regime: str, result: Mapping[str, Any], language: Language) -> Iterator[Line]:
    named = capital(LAW[regime].of(language))
    if not result["instrument"]:
        yield 0, joined([named, _NOT_IN_FORCE.of(language)], language)
        return
    yield 0, joined([named, *_standing(result, language)], language)
    yield from ((2, each) for each in result[f"remarks_{language}"])
    met = [limb for limb in result["limbs"] if limb["outcome"] == "met"]
    if met:
        yield 2, _MET.of(language)
        yield from ((4, _limb_met(limb, language)) for limb in _gravest(met))
    unknown = _unknown(result["limbs"], met, language)
    if unknown:
        yield 2, _UNKNOWN.of(language).format(facts=unknown)
    if result["raises"]:
        yield 2, _RAISES.of(language)
        yield from ((4, capital(one[f"text_{language}"])) for one in result["raises"])


def _standing(result: Mapping[str, Any], language: Language) -> Iterator[str]:
    """The tier, the response level or the colour suggested, and what it may come to."""
    tier, possible = result["tier"], result["possible"]
    yield TIER[tier].of(language) if tier else _NO_TIER.of(language)
    if result.get("response_level"):
        yield RESPONSE[tier].of(language)
    if result.get("colour"):
        yield SUGGESTED[result["colour"]].of(language)
    if possible != tier:
        yield _POSSIBLE.of(language).format(tier=TIER[possible].of(language))


def _gravest(met: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of each limb the gravest tier that is met, the gravest limb first."""
    order = list(TIER)
    by_limb: dict[str, Mapping[str, Any]] = {}
    for one in sorted(met, key=lambda one: order.index(one["tier"])):
        by_limb.setdefault(one["limb"], one)
    return list(by_limb.values())


def _limb_met(limb: Mapping[str, Any], language: Language) -> str:
    suffix, is_zh = ("", True) if language == "zh" else ("_en", False)
    marks = [limb[f"article{suffix}"]]
    if limb["unconfirmed"]:
        marks.append(CONFIDENCE[limb["confidence"]].of(language))
    finding = limb[f"finding_{language}"] or limb[f"value{suffix}"]
    tier, marked = TIER[limb["tier"]].of(language), joined(marks, language)
    return f"{tier}：{finding}（{marked}）" if is_zh else f"{tier}: {finding} ({marked})"


def _unknown(limbs: Sequence[Mapping[str, Any]], met: Any, language: Language) -> str:
    """What the limbs are about of which nothing is known."""
    done = {limb["limb"] for limb in met}
    open_limbs = {
        limb["limb"]: limb[f"text_{language}"]
        for limb in limbs
        if limb["outcome"] == "unknown" and limb["limb"] not in done
    }
    return ("；" if language == "zh" else "; ").join(open_limbs.values())


def _obligations(told: Sequence[Mapping[str, Any]], language: Language) -> Iterator[Line]:
    if not told:
        yield 0, _NO_DUTY.of(language)
        return
    yield 0, _TRIED_DUTIES.of(language)
    for one in sorted(told, key=lambda one: (one["due_at"] is None, one["due_at"] or "")):
        suffix = "_zh" if language == "zh" else ""
        who = TOLD.of(language).format(
            sender=one[f"from{suffix}"],
            recipient=one[f"to{suffix}"],
            channel=read(CHANNEL, one["channel"], language),
        )
        zh, _, en = one["limit"].partition(" (")
        limit = zh if language == "zh" else en.removesuffix(")")
        due = one["due_at"] and read_moment(parse_moment(one["due_at"]), language)
        by = [_BY.of(language).format(moment=due)] if due else []
        yield 2, capital(joined([*by, limit], language))
        article = one["article" if language == "zh" else "article_en"]
        yield 4, capital(joined([who, article, *_asked(one["presumed"], language)], language))


def _asked(presumed: Sequence[str], language: Language) -> list[str]:
    """The unknown facts that were taken in their stricter sense."""
    names = joined([name_fact(name, language) for name in presumed], language)
    return [_UNKNOWN.of(language).format(facts=names)] if names else []


def _thresholds(weighed: Sequence[Mapping[str, Any]], language: Language) -> Iterator[Line]:
    """Why each of them stands as it does, and what is owed."""
    suffix = "_zh" if language == "zh" else ""
    yield 0, _TRIED_THRESHOLDS.of(language)
    for one in weighed:
        yield 2, capital(one[f"reason{suffix}"])
        article = one["article" if language == "zh" else "article_en"]
        known = one["confidence"]
        marks = [] if known == "full_text" else [CONFIDENCE[known].of(language)]
        owed = [one[f"owed{suffix}"]] if one["owed"] else []
        yield 4, joined([*owed, article, *marks, one["threshold"]], language)
