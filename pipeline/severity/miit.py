"""MIIT: annex 1 of the Emergency Response Plan for Data Security Incidents (Trial), 2024.

工业和信息化领域数据安全事件应急预案（试行）, 工信部网安〔2024〕214号, in force 2024-11-01
(§8.4). The full text was read; every row can be held against annex 1 by eye. Where the annex is
open, a row names the policy choice, and the reading under which it holds (policy.py `Choices`).
"""

from pipeline.severity.articles import Article, annex
from pipeline.severity.limbs import Instrument, Limb, Row, among, from_, or_graver
from schemas.assessment import TIERS
from schemas.moments import parse_moment

HOUR_MINUTES = 60

_GRAVER_TOO = ("unnamed_class", "graver_too")
CLASS_AND_THREAT = Limb(
    "1",
    annex(1),
    "数据级别及对国家安全、社会秩序、经济建设、公众利益的威胁",
    "class of data, and threat to national security, order, economy or public interest",
    (
        Row("I", (or_graver("data_class", "important"), among("threat", "particularly_serious"))),
        Row("II", (among("data_class", "important"), among("threat", "serious"))),
        Row(
            "II",
            (or_graver("data_class", "important"), or_graver("threat", "serious")),
            "full_text",
            *_GRAVER_TOO,
        ),
        Row(
            "III",
            (among("data_class", "general", "important"), among("threat", "relatively_serious")),
        ),
        Row("III", (or_graver("threat", "relatively_serious"),), "full_text", *_GRAVER_TOO),
        Row("IV", (among("threat", "slight"),)),
    ),
)
# II names important data, III important or general data, and each tier one threat. What holds for
# the lesser holds for the graver (举轻以明重): core data under a serious threat is then II, and
# no class and no graver threat falls out of III.

CORE_FLOOR = Limb(
    "1-core",
    CLASS_AND_THREAT.article,
    "核心数据事件的下限（附件1未规定）",
    "floor for core data, of which annex 1 says nothing",
    tuple(
        Row(tier, (among("data_class", "core"),), choice="core_data_floor", reading=tier)
        for tier in TIERS
    ),
)

PRODUCTION = Limb(
    "2-production",
    annex(2),
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
    annex(2),
    "电信数据：网络设施、信息系统中断或严重异常",
    "telecom data: outage or serious abnormality of facilities or systems",
    (
        Row(
            "I",
            (
                _TELECOM,
                or_graver("facilities", "important"),
                from_("outage_minutes", 24 * HOUR_MINUTES),
            ),
            choice="important_core_mark",
            reading="either",
        ),
        Row(
            "I",
            (
                _TELECOM,
                among("facilities", "important_core"),
                from_("outage_minutes", 24 * HOUR_MINUTES),
            ),
            choice="important_core_mark",
            reading="both",
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
    ),
)
# "重要、核心" facilities of tier I: the mark 、 joins alternatives, as in 重要数据、核心数据.

SHORT_OUTAGE = Limb(
    "2-outage",
    annex(2),
    "网络设施、信息系统（含无线电系统）中断或异常不足8小时",
    "outage or abnormality of facilities or systems, radio included, under 8 hours",
    (
        # IV names no field of data: industrial enterprises too.
        Row("IV", (from_("outage_minutes", 1, 8 * HOUR_MINUTES),)),
        # 8 hours and more outside telecom and radio: no tier names it, so at least what the
        # shorter outage has (举轻以明重).
        Row(
            "IV",
            (from_("outage_minutes", 8 * HOUR_MINUTES),),
            choice="long_outage",
            reading="IV",
        ),
    ),
)

_RADIO = among("field", "radio")
_FREQUENCIES = or_graver("facilities", "important")
RADIO_INTERFERENCE = Limb(
    "2-radio",
    annex(2),
    "无线电数据：重大干扰或频率被非法占用",
    "radio data: major interference or illegal occupation of frequencies",
    (
        Row("I", (_RADIO, _FREQUENCIES, from_("outage_minutes", 24 * HOUR_MINUTES))),
        Row("II", (_RADIO, _FREQUENCIES, from_("outage_minutes", 12 * HOUR_MINUTES))),
        Row("III", (_RADIO, _FREQUENCIES, from_("outage_minutes", 8 * HOUR_MINUTES))),
    ),
)

LOSS = Limb(
    "3",
    annex(3),
    "直接经济损失",
    "direct economic loss",
    (
        # The annex marks its lower bounds 含 (included), so an upper bound is not.
        Row("I", (from_("direct_loss_cny", 1_000_000_000),)),
        Row("II", (from_("direct_loss_cny", 100_000_000, 1_000_000_000),)),
        Row("III", (from_("direct_loss_cny", 50_000_000, 100_000_000),)),
        # 5000万元以下 without a lower bound: a stated loss of nothing is no loss.
        Row("IV", (from_("direct_loss_cny", 1, 50_000_000),)),
    ),
)

PERSONS = Limb(
    "4-personal",
    annex(4),
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
    annex(4),
    "涉及敏感个人信息的人数",
    "persons whose sensitive personal information is involved",
    (
        Row("I", (from_("sensitive_persons", 10_000_000),)),
        Row("II", (from_("sensitive_persons", 1_000_000, 10_000_000),)),
        Row("III", (from_("sensitive_persons", 100_000, 1_000_000),)),
        Row("IV", (from_("sensitive_persons", 1, 100_000),)),
    ),
)

_LIMB_FIVE = ("general_data_threat", "limb_5")
OTHER_HARM = Limb(
    "5",
    annex(5),
    "造成或可能造成的其他危害、影响",
    "other harm or impact, caused or possibly caused",
    (
        Row("I", (among("other_harm", "particularly_major"),)),
        Row("II", (among("other_harm", "major"),)),
        Row("III", (among("other_harm", "relatively_major"),)),
        Row("IV", (among("other_harm", "slight"),)),
        # A threat is harm possibly caused, so it may be read to grade by (五) alone, whatever
        # the class of data: general data under a particularly serious threat is then I.
        Row("I", (among("threat", "particularly_serious"),), "full_text", *_LIMB_FIVE),
        Row("II", (or_graver("threat", "serious"),), "full_text", *_LIMB_FIVE),
    ),
)

INDUSTRIAL_OUTAGE = Limb(
    "2-industrial-outage",
    Article(
        "工信部网安〔2024〕214号附件1第{tier}条（二）、附件4",
        "MIIT 2024/214 Annex 1 {tier}(2), Annex 4",
    ),
    "工业系统中断（按流程图的小时数）",
    "outage of industrial systems, by the hours of the flow chart",
    tuple(
        Row(
            row.tier,
            (among("field", "industrial"), *row.tests[1:]),
            choice="industrial_outage",
            reading="hours",
        )
        for row in TELECOM_OUTAGE.rows
        if row.reading != "both"
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
        CORE_FLOOR,
        CLASS_AND_THREAT,
        PRODUCTION,
        TELECOM_OUTAGE,
        RADIO_INTERFERENCE,
        SHORT_OUTAGE,
        INDUSTRIAL_OUTAGE,
        LOSS,
        PERSONS,
        SENSITIVE_PERSONS,
        OTHER_HARM,
    ),
)
