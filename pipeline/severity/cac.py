"""CAC: the grading annex of the National Cybersecurity Incident Reporting Measures, 2025.

国家网络安全事件报告管理办法 附件《网络安全事件分级指南》, in force 2025-11-01 (Art. 14).
"以上" includes the number (note at the annex's end). The annex was read in excerpts; each row
says how it is known. Change a row by policy when the text is confirmed.
"""

from pipeline.severity.articles import cac_annex
from pipeline.severity.limbs import Condition, Instrument, Limb, Row, among, from_, or_graver
from schemas.assessment import Confidence, Tier
from schemas.moments import parse_moment

_HOUR = 60

SYSTEM_LOSS = Limb(
    "a1",
    cac_annex("概括条款1", "general clause 1"),
    "重要网络和信息系统的系统损失",
    "system loss of important networks and information systems",
    (
        Row("I", (among("system_loss", "paralysis"),), "excerpt"),
        Row("II", (among("system_loss", "long_interruption"),), "excerpt"),
        Row("III", (among("system_loss", "efficiency"),), "excerpt"),
    ),
)

_THREATS: tuple[tuple[Tier, str, str, Confidence], ...] = (
    ("I", "particularly_serious", "massive", "excerpt"),
    ("II", "serious", "large", "fragment"),  # the classes of II were not seen in the text
    ("III", "relatively_serious", "relatively_large", "excerpt"),
)
DATA = Limb(
    "a2-data",
    cac_annex("概括条款2", "general clause 2"),
    "核心数据、重要数据丢失或被窃取、篡改、假冒，及威胁",
    "core or important data lost, stolen, tampered with or forged, and the threat",
    tuple(
        Row(
            tier,
            (or_graver("data_class", "important"), or_graver("threat", threat)),
            confidence,
        )
        for tier, threat, _, confidence in _THREATS
    ),
)
PERSONAL_DATA = Limb(
    "a2-personal",
    cac_annex("概括条款2", "general clause 2"),
    "海量、大量、较大量公民个人信息丢失或被窃取，及威胁",
    "massive, large or relatively large amounts of personal information lost, and the threat",
    tuple(
        Row(
            tier,
            (or_graver("personal_data_scale", scale), or_graver("threat", threat)),
            confidence,
        )
        for tier, threat, scale, confidence in _THREATS
    ),
)

PORTAL = Limb(
    "b1",
    cac_annex("判别条件1", "condition 1"),
    "党政机关门户网站、重点新闻网站不能访问",
    "government portals or key news sites unreachable",
    (
        Row(
            "I",
            (among("portal", "provincial"), from_("portal_outage_minutes", 24 * _HOUR)),
            "excerpt",
        ),
        Row(
            "II",
            (or_graver("portal", "prefecture"), from_("portal_outage_minutes", 6 * _HOUR)),
            "secondary",
        ),
        Row(
            "III",
            (or_graver("portal", "other"), from_("portal_outage_minutes", 2 * _HOUR)),
            "fragment",
        ),
    ),
)
# Portals and news sites are ranked apart: I names portals of provincial and higher organs and
# central key news sites, II portals from prefectures and key news sites from provinces up, III
# portals of enterprises and institutions. `entail` sets a news site beside the portal of its tier.

_CII = among("critical_infrastructure", "yes")
_WHOLE = among("critical_infrastructure_scope", "whole")
_MAIN = or_graver("critical_infrastructure_scope", "main_functions")
INFRASTRUCTURE_WHOLE = Limb(
    "b2-whole",
    cac_annex("判别条件2", "condition 2"),
    "关键信息基础设施整体中断运行",
    "critical information infrastructure down as a whole",
    (
        Row("I", (_CII, _WHOLE, from_("outage_minutes", 6 * _HOUR)), "excerpt"),
        # Reported in the press as "more than 1 hour"; 以上 includes the number.
        Row("II", (_CII, _WHOLE, from_("outage_minutes", _HOUR)), "secondary"),
        Row("III", (_CII, _WHOLE, from_("outage_minutes", 10)), "secondary"),
    ),
)
INFRASTRUCTURE_MAIN = Limb(
    "b2-main",
    cac_annex("判别条件2", "condition 2"),
    "关键信息基础设施主要功能中断运行",
    "main functions of critical information infrastructure down",
    (
        Row("I", (_CII, _MAIN, from_("outage_minutes", 24 * _HOUR)), "excerpt"),
        Row("II", (_CII, _MAIN, from_("outage_minutes", 3 * _HOUR)), "background"),
        Row("III", (_CII, _MAIN, from_("outage_minutes", 30)), "secondary"),
    ),
)

_AREA = or_graver("affected_area", "prefecture")
POPULATION_SHARE = Limb(
    "b3-share",
    cac_annex("判别条件3", "condition 3"),
    "影响省或地市人口工作、生活的比例",
    "share of a province's or prefecture's population whose work or life is affected",
    (
        Row(
            "I",
            (among("affected_area", "province"), from_("affected_share_percent", 50)),
            "excerpt",
        ),
        Row("II", (_AREA, from_("affected_share_percent", 50)), "secondary"),
        Row("III", (_AREA, from_("affected_share_percent", 30)), "secondary"),
    ),
)
RESIDENTS = Limb(
    "b3-residents",
    cac_annex("判别条件3", "condition 3"),
    "影响用水、用电、用气、用油、取暖、交通、就医、购物的人数",
    "persons whose water, power, gas, oil, heating, transport, medical care or shopping suffers",
    (
        Row("I", (from_("affected_residents", 10_000_000),), "excerpt"),
        Row("II", (from_("affected_residents", 1_000_000),), "secondary"),
        Row("III", (from_("affected_residents", 100_000),), "background"),
    ),
)

PERSONS = Limb(
    "b5",
    cac_annex("判别条件5", "condition 5"),
    "泄露公民个人信息的人数",
    "persons whose personal information leaked",
    (
        Row("I", (from_("persons", 100_000_000),), "excerpt"),
        Row("II", (from_("persons", 10_000_000),), "excerpt"),
        Row("III", (from_("persons", 1_000_000),), "excerpt"),
    ),
)

_PREFECTURE = "cac_prefecture_sites"
_SITES: tuple[tuple[Tier, Condition, str], ...] = (
    ("I", among("portal", "provincial"), ""),
    ("I", among("platform", "super_large_platform"), ""),
    ("II", among("portal", "provincial"), ""),
    ("II", among("portal", "prefecture"), "II"),
    ("II", or_graver("platform", "large_platform"), ""),
    ("III", or_graver("portal", "other"), ""),
    ("III", or_graver("platform", "other"), ""),
)
"""Whose site was defaced decides first: organs of provinces and above, central news sites and
super-large platforms for I; large platforms for II; portals of enterprises and institutions for
III. Organs of prefectures and provincial news sites are named nowhere: the last column is the
reading (`cac_prefecture_sites`) under which a row holds, II as condition 1 ranks them; without it
they are III with the institutions. A site of I is II for a lesser spread."""
_SITE_KNOWN: dict[Tier, Confidence] = {"I": "excerpt", "II": "background", "III": "background"}
"""The sites of II and III were seen in fragments; their figures equal the draft of 2023."""


def _spread(key: str, zh: str, en: str, *tests: tuple[Condition, ...]) -> Limb:
    """One way of spreading, with the tests of I, II and III, for each kind of site."""
    found = dict(zip(_SITE_KNOWN, tests, strict=True))
    rows = (
        Row(tier, (site, *found[tier]), _SITE_KNOWN[tier], _PREFECTURE if reading else "", reading)
        for tier, site, reading in _SITES
    )
    return Limb(key, cac_annex("判别条件6", "condition 6"), zh, en, tuple(rows))


_HOME = among("illegal_content_page", "home")
_PAGE = or_graver("illegal_content_page", "other")
SPREAD = (
    _spread(
        "b6-home",
        "违法有害信息在主页上持续",
        "illegal content on the home page",
        (_HOME, from_("illegal_content_minutes", 6 * _HOUR)),
        (_HOME, from_("illegal_content_minutes", 2 * _HOUR)),
        (_HOME, from_("illegal_content_minutes", 30)),
    ),
    _spread(
        "b6-page",
        "违法有害信息在其他页面持续",
        "illegal content on any other page",
        (_PAGE, from_("illegal_content_minutes", 24 * _HOUR)),
        (_PAGE, from_("illegal_content_minutes", 12 * _HOUR)),
        (_PAGE, from_("illegal_content_minutes", 2 * _HOUR)),
    ),
    _spread(
        "b6-reposts",
        "违法有害信息通过社交平台转发",
        "illegal content reposted",
        (from_("reposts", 100_000),),
        (from_("reposts", 10_000),),
        (from_("reposts", 1_000),),
    ),
    _spread(
        "b6-views",
        "违法有害信息浏览或点击",
        "illegal content viewed",
        (from_("views", 1_000_000),),
        (from_("views", 100_000),),
        (from_("views", 10_000),),
    ),
    _spread(
        "b6-finding",
        "网信或公安部门认定的传播范围",
        "spread as found by cyberspace or police authorities",
        (or_graver("spread_finding", "extremely_large"),),
        (or_graver("spread_finding", "large"),),
        (or_graver("spread_finding", "relatively_large"),),
    ),
)

LOSS = Limb(
    "b7",
    cac_annex("判别条件7", "condition 7"),
    "直接经济损失",
    "direct economic loss",
    (
        Row("I", (from_("direct_loss_cny", 100_000_000),), "excerpt"),
        Row("II", (from_("direct_loss_cny", 20_000_000),), "secondary"),
        Row("III", (from_("direct_loss_cny", 5_000_000),), "secondary"),
    ),
)

OTHER_HARM = Limb(
    "a3",
    cac_annex("概括条款3", "general clause 3"),
    "其他威胁或影响",
    "other threat or impact",
    (
        Row("I", (among("other_harm", "particularly_major"),), "excerpt"),
        Row("II", (among("other_harm", "major"),), "excerpt"),
        Row("III", (among("other_harm", "relatively_major"),), "excerpt"),
    ),
)

_ANY_HARM: tuple[Condition, ...] = (
    from_("direct_loss_cny", 1),
    from_("persons", 1),
    from_("outage_minutes", 1),
    from_("portal_outage_minutes", 1),
    from_("affected_residents", 1),
    from_("affected_share_percent", 1),
    from_("illegal_content_minutes", 1),
    from_("reposts", 1),
    from_("views", 1),
    or_graver("threat", "slight"),
    or_graver("production_harm", "slight"),
    or_graver("personal_data_scale", "relatively_large"),
    or_graver("other_harm", "slight"),
)
GENERAL = Limb(
    "iv",
    cac_annex("一般网络安全事件", "IV"),
    "除上述情形外，造成一定威胁或影响",
    "any other incident with some threat or impact",
    tuple(Row("IV", (test,), "excerpt", "cac_general", "any_harm") for test in _ANY_HARM),
)
"""IV has no figures: any stated threat or impact is enough. It need not be reported."""

INSTRUMENT = Instrument(
    "cac",
    "国家网络安全事件报告管理办法",
    "CAC National Cybersecurity Incident Reporting Measures",
    parse_moment("2025-11-01T00:00:00+08:00"),
    None,
    (
        SYSTEM_LOSS,
        DATA,
        PERSONAL_DATA,
        OTHER_HARM,
        PORTAL,
        INFRASTRUCTURE_WHOLE,
        INFRASTRUCTURE_MAIN,
        POPULATION_SHARE,
        RESIDENTS,
        PERSONS,
        *SPREAD,
        LOSS,
        GENERAL,
    ),
)
