"""The reports of the CAC measures of 2025: first, further, closing.

They follow Art. 7, whose items were read in fragments, and Art. 8: the first report may be partial
(items 1 and 2 first), further reports complete it, the closing report ends it.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from pipeline.severity.articles import cac_measures
from pipeline.severity.forms import readers
from pipeline.severity.forms.addressees import to_cyberspace_bodies
from pipeline.severity.forms.fields import REPORTER, FormName, Layout, box, table
from pipeline.severity.forms.readers import moment, said
from schemas.glossary import Term

_CAC_ITEMS = (
    table(
        "一、单位及设施、系统、平台基本情况",
        "1. Unit, facility, system or platform",
        *REPORTER,
        box("涉及的设施、系统、平台", "Facility, system, platform", readers.systems, first=True),
    ),
    table(
        "二、事件发现时间、地点、类型、级别、影响和措施",
        "2. When, where, kind, level, impact and measures",
        box("发现时间、地点", "Time and place of discovery", readers.found, first=True),
        box("发生时间", "Time of occurrence", moment("first_time")),
        box("事件类型", "Kind", readers.kind, first=True),
        box("事件级别", "Level", readers.level, first=True),
        box("已造成的影响和危害", "Impact and harm so far", readers.harm, first=True),
        box("已采取的措施及效果", "Measures and their effect", readers.measures, first=True),
        box(
            "勒索攻击：金额、账户、方式、日期",
            "Ransomware: amount, account, method, date",
            readers.ransom,
        ),
    ),
    table(
        "三、事态发展趋势和可能造成的进一步影响",
        "3. Trend and further harm",
        box("发展趋势", "Trend", readers.trend),
    ),
    table("四、事件原因初步分析", "4. Preliminary cause", box("初步原因", "Cause", said("cause"))),
    table(
        "五、溯源调查线索",
        "5. Clues for tracing",
        box("攻击者、路径、漏洞等线索", "Attacker, path, vulnerability", readers.clues),
    ),
    table(
        "六、拟进一步采取的措施和请求支援事项",
        "6. Further measures and support requested",
        box("拟采取的措施", "Measures planned", said("measures_planned")),
        box("请求支援事项", "Support requested", said("support_needed")),
    ),
    table(
        "七、事件现场保护情况",
        "7. Preservation of the scene",
        box("现场和证据保护", "Scene and evidence", said("evidence")),
    ),
    table("八、其他", "8. Other", box("其他情况", "Other", readers.other)),
)

_CAC_CLOSING = (
    table("报送单位", "Reporting unit", *REPORTER),
    table(
        "总结内容",
        "Closing report",
        box("事件经过", "What happened", readers.story),
        box("事件级别", "Level", readers.level),
        box("事件原因", "Cause", said("cause")),
        box("处置措施", "Measures", readers.handled),
        box("危害情况", "Harm", readers.harm),
        box("责任处理", "Accountability", said("accountability")),
        box("整改情况", "Rectification", said("improvements")),
        box("教训", "Lessons", said("lessons")),
    ),
)

_CHANNEL = Term(
    "报送渠道：12387热线、网站、小程序、公众号、电子邮件或传真",
    "Channel: hotline 12387, its site, mini-program, account, mail or fax",
)
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

_FIRST = Layout(
    title=Term("网络安全事件报告（首报）", "Report of a cybersecurity incident: first report"),
    regime="cac",
    addressees=to_cyberspace_bodies,
    channel=_CHANNEL,
    article=cac_measures(7),
    parts=_CAC_ITEMS,
    confidence="fragment",
    partial=True,
    notes=_ITEMS_SEEN,
)

CAC_FORMS: Final[Mapping[FormName, Layout]] = {
    "cac-first": _FIRST,
    "cac-further": msgspec.structs.replace(
        _FIRST,
        title=Term(
            "网络安全事件报告（续报）", "Report of a cybersecurity incident: further report"
        ),
        partial=False,
    ),
    "cac-closing": Layout(
        title=Term("网络安全事件总结报告", "Closing report of a cybersecurity incident"),
        regime="cac",
        addressees=to_cyberspace_bodies,
        channel=_CHANNEL,
        article=cac_measures(8),
        parts=_CAC_CLOSING,
        confidence="excerpt",
        notes=(_CHANNEL_SEEN,),
    ),
}
