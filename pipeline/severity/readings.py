"""The readings chosen where the law is open, in words: one row a choice of the policy.

`Choices` (policy.py) says which there are, and the defaults; here stands what each is about, what
each of its readings says, and why the default is what it is. docs/readings.md is made of both.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from pipeline.severity.policy import Choices
from schemas.glossary import TIER, Term


class Reading(msgspec.Struct, frozen=True):
    """One gap: its name in the policy, what is open, each reading by its value there.

    `why` says what speaks for the default.
    """

    name: str
    gap: Term
    words: Mapping[str, Term]
    why: Term


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
        Term(
            "附件1仅在特别重大级写明核心数据，且须威胁特别严重；核心数据重于重要数据，"
            "故不低于重要数据受严重威胁时的级别。人工可另行认定",
            "Annex 1 names core data only in tier I, and only with a particularly serious "
            "threat. Core data is graver than important data, which a serious threat makes II. "
            "A person may decide otherwise",
        ),
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
        Term(
            "顿号连接并列选项，与“重要数据、核心数据”同",
            "The mark joins alternatives, as it does between important and core data",
        ),
    ),
    Reading(
        "unnamed_class",
        Term(
            "某级别未写明的更高数据级别和更重威胁",
            "graver data and threats than a tier names",
        ),
        {
            "graver_too": Term("举轻以明重，一并适用", "what holds for the lesser holds for them"),
            "as_named": Term("仅按写明的数据级别和威胁定级", "graded by what is named alone"),
        },
        Term(
            "对轻者适用的，对重者更应适用；否则更重的情形反而无级别",
            "What holds for the lesser holds for the graver: else a graver case "
            "would have no tier. General data under a serious threat is then III, core data II",
        ),
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
        Term(
            "第（一）项是对数据威胁的专门规定，第（五）项为兜底",
            "Limb 1 is the special rule for threats to data; limb 5 is what remains",
        ),
    ),
    Reading(
        "industrial_outage",
        Term("工业系统中断时长", "hours of outage of industrial systems"),
        {
            "qualitative": Term("按对生产运行的危害定级", "graded by the harm to production"),
            "hours": Term("按附件4流程图的小时数定级", "graded by the hours of the flow chart"),
        },
        Term(
            "定级标准以附件1为准，流程图只是程序摘要，且附件1的小时数限于电信、无线电",
            "Annex 1 sets the criteria and ties hours to telecom and radio; the flow chart "
            "(annex 4) summarises the procedure",
        ),
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
        Term(
            "一般级写明不足8小时的中断，不分领域；更长的中断至少与之相同",
            "IV names outages under 8 hours of any field; a longer one is at least that",
        ),
    ),
    Reading(
        "cac_general",
        Term("网信办分级的一般事件没有数值", "CAC tier IV has no figures"),
        {
            "any_harm": Term("有任何威胁或影响即为一般", "any threat or impact is general"),
            "none": Term("不定为一般", "nothing is graded general"),
        },
        Term(
            "一般事件只有“造成一定威胁或影响”的文字，且无须按该办法报告",
            "IV says only that there is some threat or impact, and need not be reported under "
            "these Measures",
        ),
    ),
    Reading(
        "cac_prefecture_sites",
        Term(
            "地市级机关门户网站和省级重点新闻网站被篡改",
            "portals of prefectures and provincial news sites with illegal content",
        ),
        {
            "II": Term("与大型平台同列重大（Ⅱ级）", "major (II), beside large platforms"),
            "III": Term(
                "与企事业单位网站同列较大（Ⅲ级）", "relatively major (III), beside institutions"
            ),
        },
        Term(
            "判别条件1把地市级机关门户和省级重点新闻网站列在重大；判别条件6写明大型平台为重大、"
            "企事业单位网站为较大",
            "Condition 1 ranks them at II; of condition 6 only large platforms (II) and "
            "institutions (III) were seen",
        ),
    ),
    Reading(
        "several_enterprises",
        Term("多家企业的危害是否累计", "harm at several enterprises"),
        {
            "summed": Term(
                "跨企业攻击活动另按合计定级，供研判",
                "a campaign is graded by the sum too, for analysts",
            ),
            "each_alone": Term("各企业分别定级，不累计", "each is graded alone, nothing is summed"),
        },
        Term(
            "附件1未规定危害累计；合计供研判，不产生报送义务，因为义务是各单位就本单位事件报送",
            "Annex 1 does not say that harm adds up. The sum is for analysts and creates no "
            "duty: the texts bind an operator to tell of its own incident",
        ),
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
        Term(
            "不得漏报：在有人说明只是次要设施之前，按较重的理解；该情形标为推定，填报后更正",
            "Reports must not be omitted: until someone says that lesser facilities "
            "are down. The limb is marked estimated, and a statement corrects it",
        ),
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
        Term(
            "同上，不得漏报",
            "As above: reports must not be omitted",
        ),
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
        Term(
            "登记的是企业：其自有网站按判别条件6至多为较大",
            "The registry holds enterprises: their own site is III at most under condition 6",
        ),
    ),
    Reading(
        "unstated_operator",
        Term("运营者类别尚不明确", "the kind of operator, while unknown"),
        {
            "strictest": Term("按最严的时限报送", "the strictest clock holds"),
            "ordinary": Term("按其他运营者报送", "taken for any other operator"),
        },
        Term(
            "不得漏报；两种结果都予说明，查明后更正",
            "Reports must not be omitted; both outcomes are told, and corrected when it is "
            "found out",
        ),
    ),
    Reading(
        "infrastructure_and_organ",
        Term(
            "关键信息基础设施运营者同时是中央和国家机关",
            "an operator of critical infrastructure that is a central organ too",
        ),
        {
            "infrastructure": Term(
                "按关键信息基础设施报送（1小时）", "reports as critical infrastructure (1 h)"
            ),
            "organ": Term("按中央和国家机关报送（2小时）", "reports as a central organ (2 h)"),
        },
        Term(
            "第四条先写关键信息基础设施",
            "Art. 4 names critical infrastructure first, with the shorter limit",
        ),
    ),
    Reading(
        "sensitive_is_personal",
        Term("敏感个人信息是否计入个人信息", "sensitive personal information as personal"),
        {"true": Term("计入", "counted"), "false": Term("不计入", "not counted")},
        Term(
            "敏感个人信息依定义属于个人信息",
            "Sensitive personal information is personal information by definition",
        ),
    ),
    Reading(
        "clock_start.enterprise",
        Term("企业的时限（“发现或获知”）", "an enterprise's limits"),
        {
            "discovery": _DISCOVERY,
            "confirmation": Term("自确认已发生之时起算", "from the confirmation that it occurred"),
        },
        Term(
            "企业自己的证据即其发现",
            "Its own evidence is its discovery",
        ),
    ),
    Reading(
        "clock_start.regulator",
        Term("地方行业监管部门的10分钟、30分钟", "the regulator's 10 and 30 minutes"),
        {"discovery": _DISCOVERY, "judgement": _JUDGEMENT},
        Term(
            "该时限适用于初判为重大以上的事件，研判定级即监管部门的发现；"
            "否则确认超过十分钟即必然逾期",
            "They bind what is judged I or II, and that judgement is the regulator's discovery: "
            "else a confirmation that takes ten minutes makes every call late",
        ),
    ),
    Reading(
        "clock_start.mechanism",
        Term("数据安全机制的20分钟、40分钟", "the Mechanism's 20 and 40 minutes"),
        {
            "discovery": _DISCOVERY,
            "judgement": _JUDGEMENT,
            "receipt": Term("自收到报告之时起算", "from receipt of the report"),
        },
        Term(
            "与地方的10分钟、30分钟各差10分钟，应为同一起点",
            "The figures are ten minutes after the regulator's: one zero",
        ),
    ),
)
"""Every choice, in the order of `Choices`."""


def chosen(choices: Choices, reading: Reading) -> str:
    """The reading in force, as the policy's file writes it."""
    value: Any = choices
    for part in reading.name.split("."):
        value = getattr(value, part)
    return str(value).lower() if isinstance(value, bool) else str(value)
