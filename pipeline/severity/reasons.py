"""Why an assessment is what it is, in whole sentences of both languages."""

from collections.abc import Sequence

import msgspec

from pipeline.severity.facts import KINDS
from pipeline.severity.judgement import GRAVITY
from pipeline.severity.policy import MajorEvent
from pipeline.severity.scope import remarks
from pipeline.severity.state import IncidentRecord
from schemas.assessment import Assessment, Confidence, LimbResult, Tier
from schemas.glossary import COLOUR, INCIDENT, TIER, VERDICT, WARNING, Term, read
from schemas.language import Language
from schemas.moments import read_moment

KNOWN_BY: dict[Confidence, Term] = {
    "full_text": Term("", ""),
    "excerpt": Term("", ""),
    "secondary": Term("（条文据转述，待核）", " (by a report of the text)"),
    "fragment": Term("（条文据片段，待核）", " (by fragments of the text)"),
    "background": Term("（条文未见，待核）", " (text not seen)"),
}
BODIES: dict[str, Term] = {
    "processor": Term("数据处理者", "the data processor"),
    "local_regulator": Term("地方行业监管部门", "the local regulator"),
    "mechanism": Term("数据安全机制", "the Data Security Mechanism"),
    "leading_group": Term("部网信领导小组", "the MIIT Leading Group"),
    "national_mechanism": Term("国家数据安全工作协调机制", "the national Mechanism"),
}
_NOT_TIERED = Term("未定级", "no tier")
_STOP = {"zh": "。", "en": ". "}


class Move(msgspec.Struct, frozen=True):
    """Where the tier stood before this revision, and which facts were corrected since."""

    occurred: bool
    tier: Tier | None
    corrected: tuple[str, ...]


def name_tier(tier: Tier | None, language: Language) -> str:
    """`重大（Ⅱ级）` or `major (II)`; of none, that there is none."""
    return _NOT_TIERED.of(language) if tier is None else TIER[tier].of(language)


def tell_expert(
    stands: Tier | None,
    computed: Tier | None,
    expert: Tier | None,
    language: Language,
    *,
    by: str = "",
) -> str:
    """An expert's tier and the computed one, where they differ; the one that stands is first."""
    if expert in (None, computed):
        return ""
    is_zh, experts = language == "zh", INCIDENT["expert"].of(language)
    if by:
        experts += f"（{by}）" if is_zh else f" ({by})"
    claims = [(experts, expert), (_COMPUTED.of(language), computed)]
    claims.sort(key=lambda claim: claim[1] != stands)
    joint = "为" if is_zh else ": "
    return ("，" if is_zh else ", ").join(
        whose if tier == stands else f"{whose}{joint}{name_tier(tier, language)}"
        for whose, tier in claims
    )


_COMPUTED = Term("计算结果", "computed")
HELD: dict[str, Term] = {
    "persons": Term("所掌握个人信息的人数", "number of persons whose information it holds")
}
"""What the registry is asked for, where it reads otherwise than the harm of an incident."""


def name_fact(name: str, language: Language) -> str:
    """What a fact is called."""
    return KINDS[name].zh if language == "zh" else KINDS[name].en


def explain(
    record: IncidentRecord,
    assessment: Assessment,
    move: Move | None,
    events: Sequence[MajorEvent],
    language: Language,
) -> str:
    """The whole reason: ground, move, what is unknown, other rules, who decided, the warning."""
    sentences = [
        _ground(record, assessment, language),
        _move(record, assessment.tier, move, language),
        _unknown(assessment, language),
        *remarks(assessment.regime, record.facts, record.discovered_at, events, language),
        _decision(record, assessment, language),
        _consent(record, assessment, language),
        _warning(assessment, language),
    ]
    drill = ("演练：" if language == "zh" else "drill: ") if record.drill else ""
    text = "".join(f"{one}{_STOP[language]}" for one in sentences if one)
    return f"{drill}{text}".strip()


def _ground(record: IncidentRecord, assessment: Assessment, language: Language) -> str:
    """The limbs that carry the tier, or why there is none."""
    is_zh = language == "zh"
    if record.successor:
        return (
            f"已并入事件{record.successor}"
            if is_zh
            else f"Became part of incident {record.successor}"
        )
    if record.dismissed:
        verdict = read(VERDICT, record.dismissed, language)
        return f"结论为{verdict}，不定级" if is_zh else f"Verdict {verdict}: no tier"
    if not assessment.limbs:
        return "发现时该规定尚未施行" if is_zh else "The instrument was not in force at discovery"
    if assessment.tier is None:
        return _no_tier(record, assessment, language)
    carrying = [
        limb for limb in assessment.limbs if limb.outcome == "met" and limb.tier == assessment.tier
    ]
    named = name_tier(assessment.tier, language)
    limbs = ("；" if is_zh else "; ").join(_limb(limb, language) for limb in carrying)
    if is_zh:
        return f"{'已发生' if record.occurred else '可能发生'}，{named}：{limbs}"
    return f"{'Has occurred' if record.occurred else 'May occur'}, {named}: {limbs}"


def _no_tier(record: IncidentRecord, assessment: Assessment, language: Language) -> str:
    is_zh = language == "zh"
    if not record.occurred:
        return "现有迹象不足以估计级别" if is_zh else "Nothing seen so far suggests a tier"
    likely = name_tier(assessment.likely, language)
    if is_zh:
        return f"已发生，危害事实尚不明确；按估计可能达到{likely}"
    return f"Has occurred; no stated fact meets a limb yet. Estimates say {likely}"


def _limb(limb: LimbResult, language: Language) -> str:
    known = KNOWN_BY[limb.confidence].of(language)
    if language == "zh":
        return f"{limb.finding_zh}，符合{limb.article}{known}"
    return f"{limb.finding_en}, which meets {limb.article_en}{known}"


def _move(record: IncidentRecord, tier: Tier | None, move: Move | None, language: Language) -> str:
    """How the tier moved since the last revision, and by what right it fell."""
    if move is None or move.tier == tier:
        return ""
    is_zh = language == "zh"
    before, after = name_tier(move.tier, language), name_tier(tier, language)
    if move.occurred != record.occurred:
        if not record.occurred:
            return "改为可能发生" if is_zh else "No longer counts as occurred"
        return (
            f"此前研判为可能发生，{before}"
            if is_zh
            else f"Before it was confirmed: {before} likely"
        )
    text = f"由{before}变为{after}" if is_zh else f"From {before} to {after}"
    if GRAVITY[tier] > GRAVITY[move.tier] or not move.corrected:
        return text
    names = ("、" if is_zh else ", ").join(name_fact(name, language) for name in move.corrected)
    return f"{text}：更正{names}" if is_zh else f"{text}: corrected {names}"


def _unknown(assessment: Assessment, language: Language) -> str:
    """What nobody has stated about the operator, what it leaves possible, and the request."""
    if not assessment.asked:
        return ""
    is_zh = language == "zh"
    names = ("、" if is_zh else ", ").join(
        HELD[name].of(language) if name in HELD else name_fact(name, language)
        for name in assessment.asked
    )
    possible = name_tier(assessment.possible, language)
    graver = GRAVITY[assessment.possible] > GRAVITY[assessment.tier]
    if is_zh:
        outcome = f"，据此可能为{possible}，时限从严计算" if graver else ""
        return f"{names}尚不明确{outcome}，请查明并登记"
    outcome = f", so that it may be {possible}; the stricter limits run" if graver else ""
    return f"Not known: {names}{outcome}. Find it out and register it"


def _decision(record: IncidentRecord, assessment: Assessment, language: Language) -> str:
    """The regulator's tier, or a tier that stands for want of consent."""
    is_zh = language == "zh"
    fixed = record.fixed.get(assessment.regime)
    if fixed is not None and not record.dismissed:
        body, when = BODIES[fixed.body].of(language), read_moment(fixed.at, language)
        tier = name_tier(fixed.tier, language)
        if is_zh:
            return f"{body}于{when}认定为{tier}"
        return f"{body[0].upper()}{body[1:]} fixed {tier} on {when}"
    held = record.held.get(assessment.regime)
    if held is None or GRAVITY[held] <= GRAVITY[assessment.tier] or record.dismissed:
        return ""
    tier = name_tier(held, language)
    if is_zh:
        return f"{tier}的下调须经数据安全机制同意（工信部网安〔2024〕214号第4.4.5节），同意前维持"
    return f"Lowering {tier} needs the Mechanism's consent (MIIT 2024/214 §4.4.5): it stands"


def _consent(record: IncidentRecord, assessment: Assessment, language: Language) -> str:
    """By whose consent a tier of I or II was lowered, while a lesser one stands."""
    given = record.consented if assessment.regime == "miit" else None
    if given is None or GRAVITY[assessment.standing] >= GRAVITY[given.tier] or record.dismissed:
        return ""
    tier, when = name_tier(given.tier, language), read_moment(given.at, language)
    if language == "zh":
        return f"由{tier}下调，已于{when}经数据安全机制同意（工信部网安〔2024〕214号第4.4.5节）"
    return f"Lowered from {tier} with the Mechanism's consent of {when} (MIIT 2024/214 §4.4.5)"


def _warning(assessment: Assessment, language: Language) -> str:
    """The colour as a suggestion, or the warning that was issued."""
    if not assessment.warning_state:
        return ""
    state = WARNING[assessment.warning_state].of(language)
    if assessment.warning_state == "suggested" and assessment.colour:
        colour = COLOUR[assessment.colour].of(language)
        if language == "zh":
            return f"建议预警等级：{colour}（{state}）"
        return f"Suggested warning: {colour} ({state})"
    colour = COLOUR[assessment.issued_colour].of(language) if assessment.issued_colour else ""
    return f"{colour}预警{state}" if language == "zh" else f"The {colour} warning is {state}"
