"""Facts about harm: what is known of an incident, who says so, since when, and on what basis.

Rule 1. A fact that nobody stated is unknown: it is absent here, and never counts as zero.
Rule 2. A statement replaces the earlier statement of the same fact. Where the new value is
        smaller, that is a correction, and only a correction may lower a tier.
Rule 3. What may occur is at least what has: an estimate adds to statements, never below them.
"""

from collections.abc import Mapping
from typing import TypeAlias

import msgspec

from schemas.assessment import Basis
from schemas.command import Impact
from schemas.moments import Moment
from schemas.registry import Enterprise

Value: TypeAlias = int | str


class Stated(msgspec.Struct, frozen=True, array_like=True):
    """One fact: whole yuan, persons, minutes or percent, or one of the words of its kind."""

    value: Value
    stated_by: str
    stated_at: Moment
    basis: Basis


Facts: TypeAlias = Mapping[str, Stated]
"""Facts by their name in schemas/command.py `Impact`; the operator's own beside them."""


class FactKind(msgspec.Struct, frozen=True):
    """How a fact reads. `words`, from least to gravest, are empty for a whole number."""

    zh: str
    en: str
    unit_zh: str = ""
    unit_en: str = ""
    words: tuple[str, ...] = ()


_HARM = ("slight", "relatively_major", "major", "particularly_major")
_YES = ("no", "yes")

KINDS: dict[str, FactKind] = {
    "direct_loss_cny": FactKind("直接经济损失", "direct economic loss", "元", "yuan"),
    "persons": FactKind("涉及个人信息", "persons' personal information", "人", "persons"),
    "sensitive_persons": FactKind(
        "涉及敏感个人信息", "persons' sensitive personal information", "人", "persons"
    ),
    "data_class": FactKind("数据级别", "data class", words=("general", "important", "core")),
    "threat": FactKind(
        "威胁程度",
        "threat",
        words=("slight", "relatively_serious", "serious", "particularly_serious"),
    ),
    "outage_minutes": FactKind("中断或异常时长", "outage", "分钟", "minutes"),
    "facilities": FactKind(
        "设施重要程度", "facilities", words=("related", "important", "important_core")
    ),
    "production_harm": FactKind("对生产运行的危害", "harm to production", words=_HARM),
    "critical_infrastructure_scope": FactKind(
        "关键信息基础设施中断范围",
        "part of critical infrastructure down",
        words=("main_functions", "whole"),
    ),
    "affected_residents": FactKind("受影响居民", "residents affected", "人", "persons"),
    "affected_share_percent": FactKind("受影响人口比例", "share of population", "%", "%"),
    "affected_area": FactKind("受影响区域", "area", words=("prefecture", "province")),
    "personal_data_scale": FactKind(
        "公民个人信息规模",
        "scale of personal information",
        words=("relatively_large", "large", "massive"),
    ),
    "system_loss": FactKind(
        "系统损失", "system loss", words=("efficiency", "long_interruption", "paralysis")
    ),
    "portal": FactKind(
        "门户网站（重点新闻网站按级对应）",
        "portal (key news sites by the same ranks)",
        words=("other", "prefecture", "provincial"),
    ),
    "news_site": FactKind(
        "重点新闻网站", "key news site", words=("other", "provincial", "central")
    ),
    "platform": FactKind(
        "网络平台", "platform", words=("other", "large_platform", "super_large_platform")
    ),
    "portal_outage_minutes": FactKind("网站不能访问时长", "portal outage", "分钟", "minutes"),
    "illegal_content_page": FactKind("违法信息所在页面", "defaced page", words=("other", "home")),
    "illegal_content_minutes": FactKind("违法信息持续时长", "defacement", "分钟", "minutes"),
    "reposts": FactKind("转发次数", "reposts", "次", "times"),
    "views": FactKind("浏览或点击次数", "views", "次", "times"),
    "spread_finding": FactKind(
        "主管部门认定的传播范围",
        "spread found by the authorities",
        words=("relatively_large", "large", "extremely_large"),
    ),
    "other_harm": FactKind("其他危害或影响", "other harm", words=_HARM),
    "product_flaw": FactKind(
        "网络产品、服务安全缺陷",
        "flaw of a network product or service",
        words=("flaw", "public_interest"),
    ),
    "suspected_crime": FactKind("涉嫌犯罪", "suspected crime", words=_YES),
    "excluded_data": FactKind(
        "不适用预案的数据",
        "data outside the plan",
        words=("none", "government", "tobacco", "defence_industry", "military", "state_secret"),
    ),
    "field": FactKind("数据领域", "field", words=("industrial", "telecom", "radio")),
    "critical_infrastructure": FactKind(
        "关键信息基础设施运营者", "operator of critical infrastructure", words=_YES
    ),
    "central_organ": FactKind("中央和国家机关", "central or state organ", words=_YES),
}
"""Every fact that a limb may ask for."""

OPERATOR_FACTS = ("field", "critical_infrastructure", "central_organ")
"""Facts about the operator: no event changes them, so no tier is raised by changing them."""

WORDS_ZH: dict[str, str] = {
    "general": "一般",
    "important": "重要",
    "core": "核心",
    "slight": "较轻",
    "relatively_serious": "较严重",
    "serious": "严重",
    "particularly_serious": "特别严重",
    "relatively_major": "较大",
    "major": "重大",
    "particularly_major": "特别重大",
    "related": "相关",
    "important_core": "核心",
    "main_functions": "主要功能",
    "whole": "整体",
    "prefecture": "地市",
    "province": "省",
    "relatively_large": "较大",
    "large": "大",
    "massive": "海量",
    "extremely_large": "特大",
    "efficiency": "中断或效率受影响",
    "long_interruption": "长时间中断或局部瘫痪",
    "paralysis": "大面积瘫痪",
    "provincial": "省级以上",
    "central": "中央",
    "large_platform": "大型",
    "super_large_platform": "超大型",
    "flaw": "存在缺陷、漏洞",
    "public_interest": "涉及国家安全、公共利益",
    "home": "主页",
    "other": "其他",
    "industrial": "工业",
    "telecom": "电信",
    "radio": "无线电",
    "none": "不涉及",
    "government": "政务数据",
    "tobacco": "烟草行业",
    "defence_industry": "国防科技工业",
    "military": "军事数据",
    "state_secret": "国家秘密",
    "yes": "是",
    "no": "否",
}


def state_impact(impact: Impact, said_by: str, said_at: Moment) -> dict[str, Stated]:
    """The facts of one statement; what it leaves out stays as it was."""
    stated_by = impact.said_by or said_by
    return {
        name: Stated(value, stated_by, said_at, impact.basis)
        for name, value in msgspec.structs.asdict(impact).items()
        if value is not None and name in KINDS
    }


def operator_facts(enterprise: Enterprise, as_of: Moment = 0) -> dict[str, Stated]:
    """What the registry says of the operator; what it does not say is absent, never "no"."""
    values: dict[str, Value | None] = {
        "field": enterprise.field if enterprise.field != "unknown" else None,
        "critical_infrastructure": yes_or_no(enterprise.critical_infrastructure),
        "central_organ": yes_or_no(enterprise.central_organ),
    }
    return {
        name: Stated(value, "registry", as_of, "observed")
        for name, value in values.items()
        if value is not None
    }


def yes_or_no(value: bool | None) -> str | None:
    """The word for a fact that is true or false; None while it is unknown."""
    return None if value is None else _YES[value]


def weight_of(name: str, value: Value) -> int:
    """The value as a number that grows with gravity: itself, or the word's rank."""
    return value if isinstance(value, int) else KINDS[name].words.index(value)


def is_lower(name: str, value: Value, than: Value) -> bool:
    """Whether one value of a fact is less grave than another."""
    return weight_of(name, value) < weight_of(name, than)


def corrections(before: Facts, after: Facts) -> tuple[str, ...]:
    """Names of the stated facts that a new statement lowers (rule 2)."""
    return tuple(
        name
        for name in KINDS
        if name in before
        and name in after
        and is_lower(name, after[name].value, before[name].value)
    )


def add_estimates(stated: Facts, estimated: Facts) -> dict[str, Stated]:
    """Both together, the graver value of each fact (rule 3)."""
    merged = dict(stated)
    for name, fact in estimated.items():
        if name not in merged or is_lower(name, merged[name].value, fact.value):
            merged[name] = fact
    return merged


def read_zh(name: str, value: Value) -> str:
    """The value in Chinese, with its unit: `1,200,000 人`."""
    kind = KINDS[name]
    return f"{value:,} {kind.unit_zh}" if isinstance(value, int) else WORDS_ZH[value]


def read_en(name: str, value: Value) -> str:
    """The value in English, with its unit: `1,200,000 persons`."""
    kind = KINDS[name]
    if isinstance(value, int):
        return f"{value:,} {kind.unit_en}"
    return value.replace("_", " ")
