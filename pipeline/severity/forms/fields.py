"""The statutory forms as tables: their boxes in order, and what fills each.

miit-report is annex 2 and miit-summary annex 3 of the MIIT plan, box by box (full text read).
The CAC's three follow Art. 7 of its measures, whose items were read in fragments, and Art. 8:
the first report may be partial (items 1 and 2 first), further reports complete it, the closing
report ends it.
"""

from typing import Literal, TypeAlias, get_args

import msgspec

from pipeline.severity.articles import Article, cac_measures
from pipeline.severity.forms import readers
from pipeline.severity.forms.readers import Reader, moment, personal, said
from schemas.assessment import TIERS, Confidence, Regime
from schemas.glossary import Term

FormName: TypeAlias = Literal[
    "miit-report", "miit-summary", "cac-first", "cac-further", "cac-closing"
]
FORMS: tuple[FormName, ...] = get_args(FormName)


class Field(msgspec.Struct, frozen=True):
    """One box. `first`: a first report must have it, even where it may be partial."""

    label: Term
    read: Reader
    first: bool = False


class Part(msgspec.Struct, frozen=True):
    """One part of a form under its heading, as a table of boxes or as running text."""

    heading: Term
    fields: tuple[Field, ...]
    prose: bool = False


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """One form. `seal_tiers`: tiers at which it is signed or sealed. `partial`: may be so."""

    title: Term
    regime: Regime
    article: Article
    parts: tuple[Part, ...]
    confidence: Confidence = "full_text"
    seal_tiers: tuple[str, ...] = TIERS
    partial: bool = False
    dated: bool = False
    notes: tuple[Term, ...] = ()


def _field(zh: str, en: str, read: Reader, *, first: bool = False) -> Field:
    return Field(Term(zh, en), read, first)


def _table(zh: str, en: str, *fields: Field) -> Part:
    return Part(Term(zh, en), fields)


def _prose(zh: str, en: str, read: Reader) -> Part:
    return Part(Term(zh, en), (Field(Term(zh, en), read),), prose=True)


_REPORTER = (
    _field("单位全称", "Full name of the unit", readers.enterprise, first=True),
    _field("联系人", "Contact", said("reporter"), first=True),
    _field("联系方式", "Telephone", said("telephone"), first=True),
)

_MIIT_REPORT = (
    _table("填报单位", "Reporting unit", *_REPORTER),
    _table(
        "事件基本情况",
        "The incident",
        _field("发生时间", "Time of occurrence", moment("first_time")),
        _field("获悉渠道", "How it was learned", readers.learned_by),
        _field("涉事单位", "Unit concerned", readers.enterprise),
        _field("事件级别", "Level", readers.level),
        _field(
            "涉及系统（名称；IP、域名或URL）", "Systems (name; IP, domain or URL)", readers.systems
        ),
        _field("事件原因", "Cause", said("cause")),
    ),
    _table(
        "受影响数据",
        "Data affected",
        _field("数据类型", "Type", readers.data_types),
        _field("数据级别", "Class", readers.data_class),
        _field("数据规模（GB或条）", "Scale (GB or records)", readers.volume),
        _field("涉及个人信息", "Personal information", personal("personal", "persons")),
        _field(
            "涉及敏感个人信息",
            "Sensitive personal information",
            personal("sensitive", "sensitive_persons"),
        ),
    ),
    _table(
        "影响情况",
        "Effects",
        _field("影响主体", "Whom it affects", readers.subject),
        _field("影响范围", "Regions and sectors", readers.scope),
    ),
    _table(
        "事件处置建议",
        "Handling",
        _field("已采取的措施", "Measures taken", readers.measures),
        _field("拟采取的措施", "Measures planned", said("measures_planned")),
        _field("需要的支持", "Support needed", said("support_needed")),
    ),
)

_MIIT_SUMMARY = (
    _prose("一、事件基本情况", "1. The incident", readers.overview),
    _prose("二、已采取的处置措施", "2. Measures taken", readers.handled),
    _prose("三、后续提升改进计划", "3. Plan of improvement", said("improvements")),
    _prose("四、工作经验总结", "4. Lessons", said("lessons")),
    _prose("五、其他事项", "5. Other matters", said("other")),
)

_CAC_ITEMS = (
    _table(
        "一、单位及设施、系统、平台基本情况",
        "1. Unit, facility, system or platform",
        *_REPORTER,
        _field("涉及的设施、系统、平台", "Facility, system, platform", readers.systems, first=True),
    ),
    _table(
        "二、事件发现时间、地点、类型、级别、影响和措施",
        "2. When, where, kind, level, impact and measures",
        _field("发现时间、地点", "Time and place of discovery", readers.found, first=True),
        _field("发生时间", "Time of occurrence", moment("first_time")),
        _field("事件类型", "Kind", readers.kind, first=True),
        _field("事件级别", "Level", readers.level, first=True),
        _field("已造成的影响和危害", "Impact and harm so far", readers.harm, first=True),
        _field("已采取的措施及效果", "Measures and their effect", readers.measures, first=True),
        _field(
            "勒索攻击：金额、账户、方式、日期",
            "Ransomware: amount, account, method, date",
            readers.ransom,
        ),
    ),
    _table(
        "三、事态发展趋势和可能造成的进一步影响",
        "3. Trend and further harm",
        _field("发展趋势", "Trend", readers.trend),
    ),
    _table(
        "四、事件原因初步分析", "4. Preliminary cause", _field("初步原因", "Cause", said("cause"))
    ),
    _table(
        "五、溯源调查线索",
        "5. Clues for tracing",
        _field("攻击者、路径、漏洞等线索", "Attacker, path, vulnerability", readers.clues),
    ),
    _table(
        "六、拟进一步采取的措施和请求支援事项",
        "6. Further measures and support requested",
        _field("拟采取的措施", "Measures planned", said("measures_planned")),
        _field("请求支援事项", "Support requested", said("support_needed")),
    ),
    _table(
        "七、事件现场保护情况",
        "7. Preservation of the scene",
        _field("现场和证据保护", "Scene and evidence", said("evidence")),
    ),
    _table("八、其他", "8. Other", _field("其他情况", "Other", said("other"))),
)

_CAC_CLOSING = (
    _table("报送单位", "Reporting unit", *_REPORTER),
    _table(
        "总结内容",
        "Closing report",
        _field("事件经过", "What happened", readers.story),
        _field("事件级别", "Level", readers.level),
        _field("事件原因", "Cause", said("cause")),
        _field("处置措施", "Measures", readers.handled),
        _field("危害情况", "Harm", readers.harm),
        _field("责任处理", "Accountability", said("accountability")),
        _field("整改情况", "Rectification", said("improvements")),
        _field("教训", "Lessons", said("lessons")),
    ),
)

_MIIT_NOTES = (
    Term(
        "注：1. 暂不清楚的内容可填“尚不明确”。",
        "Note 1: what is unclear may read: not yet known.",
    ),
    Term(
        "2. 较大及以下级别可不签字或盖章；重大及以上级别须由责任人签字或加盖公章。",
        "Note 2: from major (II) up it is signed by the person responsible or sealed.",
    ),
)
_PROOF = (Term("附：相关证明材料", "Attached: proof"),)
_CHANNEL_SEEN = Term(
    "报送渠道据转述，使用前请核对。", "The channels follow a report of the text: check them."
)
_ITEMS_SEEN = (
    Term(
        "本表各项依据条文片段整理，使用前请与原文核对。",
        "Items follow fragments of the text: check them.",
    ),
    _CHANNEL_SEEN,
)

LAYOUTS: dict[FormName, Layout] = {
    "miit-report": Layout(
        title=Term("数据安全事件上报", "Report of a data security incident"),
        regime="miit",
        article=Article("工信部网安〔2024〕214号附件2", "MIIT 2024/214 Annex 2"),
        parts=_MIIT_REPORT,
        seal_tiers=("I", "II"),
        notes=_MIIT_NOTES,
    ),
    "miit-summary": Layout(
        title=Term(
            "数据安全事件应急处置工作总结报告",
            "Summary report on the emergency handling of a data security incident",
        ),
        regime="miit",
        article=Article("工信部网安〔2024〕214号附件3", "MIIT 2024/214 Annex 3"),
        parts=_MIIT_SUMMARY,
        dated=True,
        notes=_PROOF,
    ),
    "cac-first": Layout(
        title=Term("网络安全事件报告（首报）", "Report of a cybersecurity incident: first report"),
        regime="cac",
        article=cac_measures(7),
        parts=_CAC_ITEMS,
        confidence="fragment",
        partial=True,
        notes=_ITEMS_SEEN,
    ),
    "cac-further": Layout(
        title=Term(
            "网络安全事件报告（续报）", "Report of a cybersecurity incident: further report"
        ),
        regime="cac",
        article=cac_measures(7),
        parts=_CAC_ITEMS,
        confidence="fragment",
        notes=_ITEMS_SEEN,
    ),
    "cac-closing": Layout(
        title=Term("网络安全事件总结报告", "Closing report of a cybersecurity incident"),
        regime="cac",
        article=cac_measures(8),
        parts=_CAC_CLOSING,
        confidence="excerpt",
        notes=(_CHANNEL_SEEN,),
    ),
}
"""Every form by its name on the command line."""
