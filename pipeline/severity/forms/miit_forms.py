"""The forms of the MIIT plan of 2024, box by box: annexes 2 and 3, and a warning's eight fields.

The plan was read in full; a warning has no form of its own there, so §3.3's fields stand in its
order.
"""

from collections.abc import Mapping
from typing import Final

from pipeline.severity.articles import Article, plan
from pipeline.severity.forms import readers, warning_readers
from pipeline.severity.forms.addressees import to_regulator, to_whom_it_warns
from pipeline.severity.forms.fields import REPORTER, FormName, Layout, box, prose, table
from pipeline.severity.forms.readers import moment, personal, said
from schemas.glossary import Term

_MIIT_REPORT = (
    table("填报单位", "Reporting unit", *REPORTER),
    table(
        "事件基本情况",
        "The incident",
        box("发生时间", "Time of occurrence", moment("first_time")),
        box("获悉渠道", "How it was learned", readers.learned_by),
        box("涉事单位", "Unit concerned", readers.enterprise),
        box("事件级别", "Level", readers.level),
        box(
            "涉及系统（名称；IP、域名或URL）", "Systems (name; IP, domain or URL)", readers.systems
        ),
        box("事件原因", "Cause", said("cause")),
    ),
    table(
        "受影响数据",
        "Data affected",
        box("数据类型", "Type", readers.data_types),
        box("数据级别", "Class", readers.data_class),
        box("数据规模（GB或条）", "Scale (GB or records)", readers.volume),
        box("涉及个人信息", "Personal information", personal("personal", "persons")),
        box(
            "涉及敏感个人信息",
            "Sensitive personal information",
            personal("sensitive", "sensitive_persons"),
        ),
    ),
    table(
        "影响情况",
        "Effects",
        box("影响主体", "Whom it affects", readers.subject),
        box("影响范围", "Regions and sectors", readers.scope),
    ),
    table(
        "事件处置建议",
        "Handling",
        box("已采取的措施", "Measures taken", readers.measures),
        box("拟采取的措施", "Measures planned", said("measures_planned")),
        box("需要的支持", "Support needed", said("support_needed")),
    ),
)

_MIIT_SUMMARY = (
    prose("一、事件基本情况", "1. The incident", readers.overview),
    prose("二、已采取的处置措施", "2. Measures taken", readers.handled),
    prose("三、后续提升改进计划", "3. Plan of improvement", said("improvements")),
    prose("四、工作经验总结", "4. Lessons", said("lessons")),
    prose("五、其他事项", "5. Other matters", readers.other),
)

_WARNING = (
    table(
        "预警内容",
        "The warning",
        box("预警级别", "Level", warning_readers.level),
        box("起始时间", "Start", warning_readers.moment("starts_at")),
        box(
            "可能影响范围和危害", "Possible scope and harm", warning_readers.said("scope_and_harm")
        ),
        box("警示事项", "Matters warned of", warning_readers.said("matters")),
        box("应采取的措施", "Measures to take", warning_readers.said("measures")),
        box("处置时限", "To be handled by", warning_readers.moment("handle_by")),
        box("发布范围", "Distribution", warning_readers.said("distribution")),
        box("发布机关", "Issued by", warning_readers.issuer),
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

_IN_WRITING = Term("报送渠道：书面", "Channel: in writing")

MIIT_FORMS: Final[Mapping[FormName, Layout]] = {
    "miit-report": Layout(
        title=Term("数据安全事件上报", "Report of a data security incident"),
        regime="miit",
        addressees=to_regulator,
        channel=_IN_WRITING,
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
        addressees=to_regulator,
        channel=_IN_WRITING,
        article=Article("工信部网安〔2024〕214号附件3", "MIIT 2024/214 Annex 3"),
        parts=_MIIT_SUMMARY,
        dated=True,
        notes=_PROOF,
    ),
    "miit-warning": Layout(
        title=Term("数据安全风险预警", "Warning of a data security risk"),
        regime="miit",
        article=plan("3.3"),
        parts=_WARNING,
        addressees=to_whom_it_warns,
        channel=Term("发布渠道：书面", "Channel: in writing"),
        sent=Term("发送", "To"),
    ),
}
