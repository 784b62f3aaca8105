"""The readings chosen where the law is open, in words: one row a choice of the policy.

`Choices` (policy.py) says which there are; here stands what each is about, and what each of its
readings says. docs/tiers.md has the reasons.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from pipeline.severity.policy import Choices
from schemas.glossary import TIER, Term


class Reading(msgspec.Struct, frozen=True):
    """One gap: its name in the policy, what is open, and each reading by its value there."""

    name: str
    gap: Term
    words: Mapping[str, Term]


_OPEN = Term("不作推定", "left open")
_DISCOVERY = Term("自发现之时起算", "from discovery")
_JUDGEMENT = Term("自研判定级之时起算", "from the judgement of the tier")
READINGS: Final[tuple[Reading, ...]] = (
    Reading(
        "core_data_floor",
        Term(
            "核心数据事件的威胁程度低于特别严重或尚不明确时的级别",
            "tier of core data whose threat is less than particularly serious, or unstated",
        ),
        {
            **{
                tier: Term(f"不低于{name.zh}", f"at least {name.en}") for tier, name in TIER.items()
            },
            "": Term("按其他情形条款定级", "by the other limbs alone"),
        },
    ),
    Reading(
        "important_core_mark",
        Term(
            "“重要、核心网络设施、信息系统”中的顿号",
            "the mark between important and core facilities of tier I, limb 2",
        ),
        {
            "either": Term("重要或核心，居其一即可", "either is enough"),
            "both": Term("须为核心设施", "core facilities are asked for"),
        },
    ),
    Reading(
        "general_data_threat",
        Term("一般数据受到严重以上威胁", "a serious or graver threat to general data"),
        {
            "limb_1": Term("只按第（一）项定级", "graded by limb 1 alone"),
            "limb_5": Term(
                "按第（五）项“可能造成”定级", "graded by limb 5 as harm possibly caused"
            ),
        },
    ),
    Reading(
        "industrial_outage",
        Term("工业系统中断时长", "hours of outage of industrial systems"),
        {
            "qualitative": Term("按对生产运行的危害定级", "graded by the harm to production"),
            "hours": Term("按附件4流程图的小时数定级", "graded by the hours of the flow chart"),
        },
    ),
    Reading(
        "long_outage",
        Term(
            "电信、无线电重要设施以外中断8小时以上",
            "outages of 8 hours and more that no limb of I to III names",
        ),
        {
            "IV": Term("不低于一般（Ⅳ级）", "at least general (IV)"),
            "none": Term("不据此定级", "not graded by that"),
        },
    ),
    Reading(
        "cac_general",
        Term("网信办分级的一般事件没有数值", "CAC tier IV has no figures"),
        {
            "any_harm": Term("有任何威胁或影响即为一般", "any threat or impact is general"),
            "none": Term("不定为一般", "nothing is graded general"),
        },
    ),
    Reading(
        "unstated_facilities",
        Term("中断设施的重要程度未填报", "importance of facilities that are down, not stated"),
        {
            "important_core": Term("推定为核心", "presumed core"),
            "important": Term("推定为重要", "presumed important"),
            "related": Term("推定为相关", "presumed related"),
            "": _OPEN,
        },
    ),
    Reading(
        "unstated_scope",
        Term(
            "关键信息基础设施的中断范围未填报",
            "how much of critical infrastructure is down, not stated",
        ),
        {
            "whole": Term("推定为整体", "presumed the whole"),
            "main_functions": Term("推定为主要功能", "presumed its main functions"),
            "": _OPEN,
        },
    ),
    Reading(
        "unstated_site",
        Term("不能访问或被篡改的网站属于谁未填报", "whose site it is, not stated"),
        {
            "provincial": Term("推定为省级以上机关", "presumed a provincial organ's"),
            "prefecture": Term("推定为地市级机关", "presumed a prefecture's"),
            "other": Term("推定为企业自有网站", "presumed the enterprise's own"),
            "": _OPEN,
        },
    ),
    Reading(
        "unstated_operator",
        Term("运营者类别尚不明确", "the kind of operator, while unknown"),
        {
            "strictest": Term("按最严的时限报送", "the strictest clock holds"),
            "ordinary": Term("按其他运营者报送", "taken for any other operator"),
        },
    ),
    Reading(
        "sensitive_is_personal",
        Term("敏感个人信息是否计入个人信息", "sensitive personal information as personal"),
        {"true": Term("计入", "counted"), "false": Term("不计入", "not counted")},
    ),
    Reading(
        "clock_start.enterprise",
        Term("企业的时限（“发现或获知”）", "an enterprise's limits"),
        {
            "discovery": _DISCOVERY,
            "confirmation": Term("自确认已发生之时起算", "from the confirmation that it occurred"),
        },
    ),
    Reading(
        "clock_start.regulator",
        Term("地方行业监管部门的10分钟、30分钟", "the regulator's 10 and 30 minutes"),
        {"discovery": _DISCOVERY, "judgement": _JUDGEMENT},
    ),
    Reading(
        "clock_start.mechanism",
        Term("数据安全机制的20分钟、40分钟", "the Mechanism's 20 and 40 minutes"),
        {
            "discovery": _DISCOVERY,
            "judgement": _JUDGEMENT,
            "receipt": Term("自收到报告之时起算", "from receipt of the report"),
        },
    ),
)
"""Every choice, in the order of `Choices`."""


def chosen(choices: Choices, reading: Reading) -> str:
    """The reading in force, as the policy's file writes it."""
    value: Any = choices
    for part in reading.name.split("."):
        value = getattr(value, part)
    return str(value).lower() if isinstance(value, bool) else str(value)
