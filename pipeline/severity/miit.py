"""MIIT: annex 1 of the Emergency Response Plan for Data Security Incidents (Trial), 2024.

工业和信息化领域数据安全事件应急预案（试行）, 工信部网安〔2024〕214号, in force 2024-11-01
(§8.4). Every row can be held against annex 1 by eye. Where the annex leaves a gap, the row
names the policy choice that fills it (policy.py `Choices`).
"""

from pipeline.severity.limbs import Instrument, Limb, Row, among, from_, or_graver
from schemas.moments import parse_moment

_ANNEX = "MIIT 2024/214 附件1"
HOUR_MINUTES = 60

CLASS_AND_THREAT = Limb(
    "1",
    f"{_ANNEX} (一)",
    "数据级别及对国家安全、社会秩序、经济建设、公众利益的威胁",
    "class of data, and threat to national security, order, economy or public interest",
    (
        Row("I", (or_graver("data_class", "important"), among("threat", "particularly_serious"))),
        Row("II", (or_graver("data_class", "important"), or_graver("threat", "serious"))),
        Row("III", (or_graver("threat", "relatively_serious"),)),
        Row("IV", (or_graver("threat", "slight"),)),
    ),
)
# II names important data only; core data is graver, so a serious threat to it counts too.
# III names important or general data: with core above both, no class fails it.

PRODUCTION = Limb(
    "2-production",
    f"{_ANNEX} (二)",
    "工业数据：对工业生产运行的危害",
    "industrial data: harm to industrial production or operation",
    (
        Row("I", (among("production_harm", "particularly_major"),)),
        Row("II", (among("production_harm", "major"),)),
        Row("III", (among("production_harm", "relatively_major"),)),
        Row("IV", (among("production_harm", "slight"),)),
    ),
)

_TELECOM = among("field", "telecom")
TELECOM_OUTAGE = Limb(
    "2-telecom",
    f"{_ANNEX} (二)",
    "电信数据：网络设施、信息系统中断或严重异常",
    "telecom data: outage or serious abnormality of facilities or systems",
    (
        Row(
            "I",
            (
                _TELECOM,
                or_graver("facilities", "important_core"),
                from_("outage_minutes", 24 * HOUR_MINUTES),
            ),
        ),
        Row(
            "II",
            (
                _TELECOM,
                or_graver("facilities", "important"),
                from_("outage_minutes", 12 * HOUR_MINUTES),
            ),
        ),
        Row("III", (_TELECOM, from_("outage_minutes", 8 * HOUR_MINUTES))),
        Row("IV", (_TELECOM, from_("outage_minutes", 1, 8 * HOUR_MINUTES))),
    ),
)
# "重要、核心" facilities of tier I: important or core, joined by 、, read as one grade here.

_RADIO = among("field", "radio")
_FREQUENCIES = or_graver("facilities", "important")
RADIO_INTERFERENCE = Limb(
    "2-radio",
    f"{_ANNEX} (二)",
    "无线电数据：重大干扰或频率被非法占用",
    "radio data: major interference or illegal occupation of frequencies",
    (
        Row("I", (_RADIO, _FREQUENCIES, from_("outage_minutes", 24 * HOUR_MINUTES))),
        Row("II", (_RADIO, _FREQUENCIES, from_("outage_minutes", 12 * HOUR_MINUTES))),
        Row("III", (_RADIO, _FREQUENCIES, from_("outage_minutes", 8 * HOUR_MINUTES))),
        # Other than important frequencies for 8 hours and more: no tier names them, IV here.
        Row("IV", (_RADIO, from_("outage_minutes", 1))),
    ),
)

LOSS = Limb(
    "3",
    f"{_ANNEX} (三)",
    "直接经济损失",
    "direct economic loss",
    (
        Row("I", (from_("direct_loss_cny", 1_000_000_000),)),
        Row("II", (from_("direct_loss_cny", 100_000_000, 1_000_000_000),)),
        Row("III", (from_("direct_loss_cny", 50_000_000, 100_000_000),)),
        Row("IV", (from_("direct_loss_cny", 1, 50_000_000),)),
    ),
)

PERSONS = Limb(
    "4-personal",
    f"{_ANNEX} (四)",
    "涉及个人信息的人数",
    "persons whose personal information is involved",
    (
        Row("I", (from_("persons", 100_000_000),)),
        Row("II", (from_("persons", 10_000_000, 100_000_000),)),
        Row("III", (from_("persons", 1_000_000, 10_000_000),)),
        Row("IV", (from_("persons", 1, 1_000_000),)),
    ),
)

SENSITIVE_PERSONS = Limb(
    "4-sensitive",
    f"{_ANNEX} (四)",
    "涉及敏感个人信息的人数",
    "persons whose sensitive personal information is involved",
    (
        Row("I", (from_("sensitive_persons", 10_000_000),)),
        Row("II", (from_("sensitive_persons", 1_000_000, 10_000_000),)),
        Row("III", (from_("sensitive_persons", 100_000, 1_000_000),)),
        Row("IV", (from_("sensitive_persons", 1, 100_000),)),
    ),
)

OTHER_HARM = Limb(
    "5",
    f"{_ANNEX} (五)",
    "造成或可能造成的其他危害、影响",
    "other harm or impact, caused or possibly caused",
    (
        Row("I", (among("other_harm", "particularly_major"),)),
        Row("II", (among("other_harm", "major"),)),
        Row("III", (among("other_harm", "relatively_major"),)),
        Row("IV", (among("other_harm", "slight"),)),
    ),
)

INDUSTRIAL_OUTAGE = Limb(
    "2-industrial-outage",
    f"{_ANNEX} (二), 附件4",
    "工业系统中断（按流程图的小时数）",
    "outage of industrial systems, by the hours of the flow chart",
    tuple(
        Row(
            row.tier,
            (among("field", "industrial"), *row.tests[1:]),
            unconfirmed=True,
            choice="industrial_outage",
        )
        for row in TELECOM_OUTAGE.rows
    ),
)
"""Only where policy reads the flow chart (annex 4) as covering industrial outages."""

INSTRUMENT = Instrument(
    "miit",
    "工业和信息化领域数据安全事件应急预案（试行）",
    "MIIT Emergency Response Plan for Data Security Incidents (Trial)",
    parse_moment("2024-11-01T00:00:00+08:00"),
    None,
    (
        CLASS_AND_THREAT,
        PRODUCTION,
        TELECOM_OUTAGE,
        RADIO_INTERFERENCE,
        LOSS,
        PERSONS,
        SENSITIVE_PERSONS,
        OTHER_HARM,
    ),
)
