"""The statutory forms as tables: their fields in order, and where each is filled from.

miit-report: annex 2 of the MIIT plan. miit-summary: its annex 3, whose fields were not seen;
these follow §5.1 and what annex 2 asks (unconfirmed). cac-report: CAC Measures Art. 7, items
in an order that is unconfirmed, and Art. 8 for the closing report.
"""

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from pipeline.severity.forms.source import (
    FormSource,
    Lang,
    entities_of,
    fact_text,
    localised,
    measures_of,
    minute_of,
    text_of,
)
from schemas.assessment import TIER_EN, TIER_ZH, TIERS, Regime

COLOURS_ZH = {"red": "红色", "orange": "橙色", "yellow": "黄色", "blue": "蓝色"}
FormName: TypeAlias = Literal["miit-report", "miit-summary", "cac-report"]
Reader: TypeAlias = Callable[[FormSource, Lang], str]


class Field(msgspec.Struct, frozen=True):
    """One field. Without a reader only a person can fill it; `sign` asks for hand or seal."""

    zh: str
    en: str
    read: Reader | None = None
    sign: bool = False


class Layout(msgspec.Struct, frozen=True):
    """One form. `seal_tiers`: tiers at which the signature is required."""

    zh: str
    en: str
    regime: Regime
    article: str
    unconfirmed: bool
    fields: tuple[Field, ...]
    seal_tiers: tuple[str, ...] = TIERS


def _fact(name: str) -> Reader:
    return lambda source, lang: fact_text(source, name, lang)


def _enterprise(source: FormSource, lang: Lang) -> str:
    name = text_of(source.enterprise, "name")
    identity = text_of(source.incident, "enterprise_id")
    return f"{name} ({identity})" if name else identity


def _level(source: FormSource, lang: Lang) -> str:
    """The tier, and whether it may occur (colour) or has (response level).

    An expert's tier is the level that is reported; the computed one stands beside it.
    """
    tier, expert = (text_of(source.assessment, name) for name in ("tier", "override_tier"))
    if expert:
        return _expert_level(source, lang, tier, expert)
    named = _tier_name(tier, lang)
    if not named or source.incident.get("confirmed"):
        return named
    colour = text_of(source.assessment, "colour")
    if lang == "zh":
        return f"{named}；可能发生，{COLOURS_ZH.get(colour, colour)}预警"
    return f"{named}; may occur, {colour} warning"


def _expert_level(source: FormSource, lang: Lang, tier: str, expert: str) -> str:
    by = text_of(source.assessment, "override_by")
    named, computed = _tier_name(expert, lang), _tier_name(tier, lang)
    if lang == "zh":
        return f"{named}；专家定级（{by}），计算结果为{computed or '未定级'}"
    return f"{named}; an expert's ({by}), computed: {computed or 'none'}"


def _tier_name(tier: str, lang: Lang) -> str:
    """`重大 (II)`; "" for no tier."""
    names = TIER_ZH if lang == "zh" else TIER_EN
    return next((f"{names[one]} ({one})" for one in TIERS if one == tier), "")


def _region(source: FormSource, lang: Lang) -> str:
    return " / ".join(
        part for part in (source.place[lang == "en"], text_of(source.incident, "sector")) if part
    )


def _type(source: FormSource, lang: Lang) -> str:
    scenario = text_of(source.incident, "scenario")
    category = text_of(source.incident, "category")
    return f"{category} ({scenario})" if category else scenario


def _trend(source: FormSource, lang: Lang) -> str:
    """The tiers that the estimates leave possible."""
    bounds = [text_of(source.assessment, f"tier_{name}") for name in ("low", "likely", "high")]
    if not any(bounds):
        return ""
    low, likely, high = (bound or "-" for bound in bounds)
    if lang == "zh":
        return f"按估计：最低 {low}，较可能 {likely}，最高 {high}"
    return f"estimated: at least {low}, likely {likely}, at most {high}"


def _techniques(source: FormSource) -> list[str]:
    value = source.incident.get("techniques")
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []


def _clues(source: FormSource, lang: Lang) -> str:
    return ", ".join(_techniques(source))


def _place(source: FormSource, lang: Lang) -> str:
    found = (minute_of(source.incident, "opened_at"), source.place[lang == "en"])
    return "; ".join(part for part in found if part)


def _harm(source: FormSource, lang: Lang) -> str:
    """Every stated fact."""
    return "; ".join(fact_text(source, name, lang) for name in source.facts)


_WHO = Field("报告单位", "Reporting entity", _enterprise)
_CONTACT = (
    Field("报告人", "Reporter"),
    Field("联系人", "Contact"),
    Field("联系电话", "Telephone"),
)
_TIME = Field(
    "事件发生时间", "Time of occurrence", lambda source, _: minute_of(source.incident, "first_time")
)
_FOUND = Field(
    "发现时间", "Time of discovery", lambda source, _: minute_of(source.incident, "opened_at")
)
_LEVEL = Field("事件级别（初判）", "Level (initial judgement)", _level)
_SYSTEMS = Field(
    "涉及系统、IP、域名、URL",
    "Systems, IP, domain, URL",
    lambda source, lang: entities_of(source, ("host", "address", "domain"), lang),
)
_STORY = Field("事件经过", "What happened", lambda source, lang: localised(source, "story", lang))
_LOSS = Field("直接经济损失", "Direct economic loss", _fact("direct_loss_cny"))
_OUTAGE = Field("中断时长", "Outage", _fact("outage_minutes"))
_MEASURES = Field("已采取的措施", "Measures taken", lambda source, _: measures_of(source))
_SIGN = Field("签字或盖章", "Signature or seal", sign=True)

_MIIT_REPORT = (
    *_CONTACT,
    _TIME,
    _FOUND,
    Field(
        "获知途径",
        "How it was learned",
        lambda _, lang: "自行监测" if lang == "zh" else "own monitoring",
    ),
    _WHO,
    _LEVEL,
    _SYSTEMS,
    _STORY,
    Field("事件原因", "Cause"),
    Field(
        "数据类型（研发/生产/管理/运维/服务）", "Data type (R&D/production/management/O&M/service)"
    ),
    Field("数据级别（一般/重要/核心）", "Data class (general/important/core)", _fact("data_class")),
    Field("数据规模（GB/条）", "Data scale (GB/records)"),
    Field("个人信息规模", "Personal information", _fact("persons")),
    Field("敏感个人信息规模", "Sensitive personal information", _fact("sensitive_persons")),
    _LOSS,
    _OUTAGE,
    Field("影响对象", "Affected entity", _enterprise),
    Field("影响地区、行业", "Affected region, industry", _region),
    _MEASURES,
    Field("处置建议", "Disposal advice"),
    _SIGN,
)

_MIIT_SUMMARY = (
    _WHO,
    *_CONTACT,
    _TIME,
    _FOUND,
    _LEVEL,
    _STORY,
    _SYSTEMS,
    Field("数据级别", "Data class", _fact("data_class")),
    Field("个人信息规模", "Personal information", _fact("persons")),
    Field("敏感个人信息规模", "Sensitive personal information", _fact("sensitive_persons")),
    _LOSS,
    _OUTAGE,
    Field("原因分析", "Analysis of cause"),
    _MEASURES,
    Field("处置结果", "Outcome", lambda source, _: text_of(source.incident, "status")),
    Field("经验教训及改进措施", "Lessons and improvements"),
    _SIGN,
)

_CAC_REPORT = (
    Field(
        "一、单位名称及涉事设施、系统、平台", "1. Unit, facility, system or platform", _enterprise
    ),
    _SYSTEMS,
    *_CONTACT,
    Field("二、发现时间、地点", "2. Time and place of discovery", _place),
    Field("事件类型", "Type", _type),
    _LEVEL,
    Field("已造成的影响和危害", "Impact and harm so far", _harm),
    _MEASURES,
    Field("勒索金额、方式、日期（勒索攻击）", "Ransom amount, method, date (ransomware)"),
    Field("三、事态发展趋势及可能的进一步影响", "3. Trend and further harm", _trend),
    Field("四、初步原因分析", "4. Preliminary cause"),
    Field("五、溯源调查线索（攻击者、路径、漏洞）", "5. Tracing clues", _clues),
    Field("六、拟进一步采取的措施及请求支援", "6. Further measures and support requested"),
    Field("七、现场保护情况", "7. Preservation of the scene"),
    Field("八、其他", "8. Other"),
    Field(
        "总结：原因、处置、危害、责任、整改、教训（第八条）",
        "Closing: cause, measures, harm, accountability, rectification, lessons (Art. 8)",
    ),
    _SIGN,
)

LAYOUTS: dict[FormName, Layout] = {
    "miit-report": Layout(
        "工业和信息化领域数据安全事件（风险）报告",
        "Report of a data security incident or risk (MIIT)",
        "miit",
        "MIIT 2024/214 附件2",
        False,
        _MIIT_REPORT,
        ("I", "II"),
    ),
    "miit-summary": Layout(
        "工业和信息化领域数据安全事件处置总结",
        "Summary of a data security incident (MIIT)",
        "miit",
        "MIIT 2024/214 §5.1 附件3",
        True,
        _MIIT_SUMMARY,
    ),
    "cac-report": Layout(
        "网络安全事件报告",
        "Report of a cybersecurity incident (CAC)",
        "cac",
        "CAC 2025 Art. 7, 8",
        True,
        _CAC_REPORT,
    ),
}
"""Every form by its name on the command line."""
