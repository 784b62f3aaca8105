"""The duties to tell, as a table: who, to whom, by what channel, within what, from when.

MIIT: Emergency Response Plan 2024 (P) and Data Security Measures 2022 (M).
CAC: Incident Reporting Measures 2025. Limits that the instruments give in words
(立即, 及时, 第一时间) have no figure and never turn late by themselves.
"""

from typing import Literal

import msgspec

from pipeline.severity.limbs import Condition, among, from_, or_graver
from schemas.assessment import Regime, Tier

Start = Literal["discovery", "receipt", "handling_ended"]


class Duty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One duty. It exists when the tier is one of `tiers` (() any) and all `needs` are met.

    `when`: "occurred" (it has), "risk" (it may, and no report of an incident replaced it).
    `start`: discovery of the incident; receipt of the report named `after`; the end of
    handling. At most one limit is set; none means only the words of `limit_zh`, and
    `at_once` whether those words ask for it now.
    """

    key: str
    regime: Regime
    when: Literal["occurred", "risk"]
    tiers: tuple[Tier, ...]
    sender: str
    recipient: str
    channel: str
    limit_zh: str
    limit_en: str
    article: str
    needs: tuple[Condition, ...] = ()
    start: Start = "discovery"
    after: str = ""
    limit_minutes: int | None = None
    limit_working_days: int | None = None
    limit_days: int | None = None
    at_once: bool = False
    form: str = ""
    unconfirmed: bool = False


_PLAN = "MIIT 2024/214"
_MEASURES = "MIIT 2022/166"
_CAC = "CAC 2025"
_MAJOR: tuple[Tier, ...] = ("I", "II")
_REPORTABLE: tuple[Tier, ...] = ("I", "II", "III")
_GRADED_DATA = (or_graver("data_class", "important"),)

MIIT_DUTIES = (
    Duty(
        key="miit-risk",
        regime="miit",
        when="risk",
        tiers=_REPORTABLE,
        sender="processor",
        recipient="local_regulator",
        channel="written",
        limit_zh="立即",
        limit_en="immediately",
        article=f"{_PLAN} §3.1",
        at_once=True,
        form="miit-report",
    ),
    Duty(
        key="miit-risk-up",
        regime="miit",
        when="risk",
        tiers=_MAJOR,
        sender="local_regulator",
        recipient="mechanism",
        channel="written",
        limit_zh="立即",
        limit_en="immediately",
        article=f"{_PLAN} §3.1",
        at_once=True,
        form="miit-report",
    ),
    Duty(
        key="miit-report",
        regime="miit",
        when="occurred",
        tiers=_REPORTABLE,
        sender="processor",
        recipient="local_regulator",
        channel="written",
        limit_zh="立即",
        limit_en="immediately",
        article=f"{_PLAN} §4.2",
        at_once=True,
        form="miit-report",
    ),
    Duty(
        key="miit-up-phone",
        regime="miit",
        when="occurred",
        tiers=_MAJOR,
        sender="local_regulator",
        recipient="mechanism",
        channel="phone",
        limit_zh="发现事件后10分钟内电话报告",
        limit_en="by phone within 10 minutes of discovering the incident",
        article=f"{_PLAN} §4.2",
        limit_minutes=10,
    ),
    Duty(
        key="miit-up-written",
        regime="miit",
        when="occurred",
        tiers=_MAJOR,
        sender="local_regulator",
        recipient="mechanism",
        channel="written",
        limit_zh="发现事件后30分钟内书面报告",
        limit_en="in writing within 30 minutes of discovering the incident",
        article=f"{_PLAN} §4.2",
        limit_minutes=30,
        form="miit-report",
    ),
    Duty(
        key="miit-group-phone",
        regime="miit",
        when="occurred",
        tiers=_MAJOR,
        sender="mechanism",
        recipient="leading_group",
        channel="phone",
        limit_zh="发现事件后20分钟内电话报告",
        limit_en="by phone within 20 minutes of discovering the incident",
        article=f"{_PLAN} §4.4.1, §4.4.2",
        limit_minutes=20,
    ),
    Duty(
        key="miit-group-written",
        regime="miit",
        when="occurred",
        tiers=_MAJOR,
        sender="mechanism",
        recipient="leading_group",
        channel="written",
        limit_zh="发现事件后40分钟内书面报告",
        limit_en="in writing within 40 minutes of discovering the incident",
        article=f"{_PLAN} §4.4.1, §4.4.2",
        limit_minutes=40,
        form="miit-report",
    ),
    Duty(
        key="miit-national",
        regime="miit",
        when="occurred",
        tiers=_MAJOR,
        sender="mechanism",
        recipient="national_office",
        channel="written",
        limit_zh="按有关规定",
        limit_en="as the relevant rules provide",
        article=f"{_PLAN} §4.2",
    ),
    Duty(
        key="miit-up-iii",
        regime="miit",
        when="occurred",
        tiers=("III",),
        sender="local_regulator",
        recipient="mechanism",
        channel="written",
        limit_zh="及时",
        limit_en="timely",
        article=f"{_PLAN} §4.4.3",
    ),
    Duty(
        key="miit-regions-iii",
        regime="miit",
        when="occurred",
        tiers=("III",),
        sender="local_regulator",
        recipient="other_regions",
        channel="notice",
        limit_zh="及时",
        limit_en="timely",
        article=f"{_PLAN} §4.4.3",
    ),
    Duty(
        key="miit-graded-data",
        regime="miit",
        when="occurred",
        tiers=(),
        needs=_GRADED_DATA,
        sender="processor",
        recipient="local_regulator",
        channel="written",
        limit_zh="第一时间（涉及重要、核心数据，不论级别）",
        limit_en="first-time (important or core data, whatever the tier)",
        article=f"{_MEASURES} Art. 28",
        at_once=True,
        form="miit-report",
    ),
    Duty(
        key="miit-graded-data-up",
        regime="miit",
        when="occurred",
        tiers=(),
        needs=_GRADED_DATA,
        sender="local_regulator",
        recipient="miit",
        channel="written",
        limit_zh="立即（涉及重要、核心数据，不论级别）",
        limit_en="immediately (important or core data, whatever the tier)",
        article=f"{_MEASURES} Art. 28",
        at_once=True,
        form="miit-report",
    ),
    Duty(
        key="miit-users",
        regime="miit",
        when="occurred",
        tiers=(),
        needs=(from_("persons", 1),),
        sender="processor",
        recipient="users",
        channel="notice",
        limit_zh="及时（可能损害用户合法权益的）",
        limit_en="timely (where users' rights may be harmed)",
        article=f"{_MEASURES} Art. 28",
    ),
    Duty(
        key="miit-summary",
        regime="miit",
        when="occurred",
        tiers=_MAJOR,
        start="handling_ended",
        sender="processor",
        recipient="local_regulator",
        channel="written",
        limit_zh="应急处置工作结束后5个工作日内",
        limit_en="within 5 working days of the end of emergency work",
        article=f"{_PLAN} §5.1",
        limit_working_days=5,
        form="miit-summary",
    ),
    Duty(
        key="miit-summary-up",
        regime="miit",
        when="occurred",
        tiers=_MAJOR,
        start="handling_ended",
        sender="local_regulator",
        recipient="mechanism",
        channel="written",
        limit_zh="应急处置工作结束后10个工作日内",
        limit_en="within 10 working days of the end of emergency work",
        article=f"{_PLAN} §5.1",
        limit_working_days=10,
        form="miit-summary",
    ),
)

_CII = (among("critical_infrastructure", "yes"),)
_ORGAN = (among("critical_infrastructure", "no"), among("central_organ", "yes"))
_OTHER = (among("critical_infrastructure", "no"), among("central_organ", "no"))
# Art. 4 is read in its order: critical infrastructure first, whatever else the operator is.


def _first(key: str, needs: tuple[Condition, ...], recipient: str, hours: int, words: str) -> Duty:
    return Duty(
        key=key,
        regime="cac",
        when="occurred",
        tiers=_REPORTABLE,
        needs=needs,
        sender="operator",
        recipient=recipient,
        channel="report",
        limit_zh=f"发现或获知后{words}，最迟不超过{hours}小时",
        limit_en=f"within {hours} h of discovering or learning of it",
        article=f"{_CAC} Art. 4",
        limit_minutes=hours * 60,
        form="cac-report",
    )


def _escalation(
    key: str, needs: tuple[Condition, ...], after: str, minutes: int, *, sender: str, recipient: str
) -> Duty:
    return Duty(
        key=key,
        regime="cac",
        when="occurred",
        tiers=_MAJOR,
        needs=needs,
        start="receipt",
        after=after,
        sender=sender,
        recipient=recipient,
        channel="report",
        limit_zh=f"收到报告后第一时间，最迟不超过{minutes}分钟",
        limit_en=f"within {minutes} minutes of receiving the report",
        article=f"{_CAC} Art. 4",
        limit_minutes=minutes,
    )


def _closing(key: str, needs: tuple[Condition, ...], recipient: str) -> Duty:
    return Duty(
        key=key,
        regime="cac",
        when="occurred",
        tiers=_REPORTABLE,
        needs=needs,
        start="handling_ended",
        sender="operator",
        recipient=recipient,
        channel="report",
        limit_zh="处置工作结束后30日内，按原渠道",
        limit_en="within 30 days of the end of handling, through the same channel",
        article=f"{_CAC} Art. 8",
        limit_days=30,
        form="cac-report",
    )


CAC_DUTIES = (
    _first("cac-cii-protection", _CII, "protection_department", 1, "第一时间"),
    _first("cac-cii-police", _CII, "police", 1, "第一时间"),
    _first("cac-organ", _ORGAN, "own_cyberspace_body", 2, "及时"),
    _first("cac-other", _OTHER, "provincial_cac", 4, "及时"),
    _escalation(
        "cac-cii-up",
        _CII,
        "cac-cii-protection",
        30,
        sender="protection_department",
        recipient="national_cac",
    ),
    _escalation(
        "cac-cii-up-mps",
        _CII,
        "cac-cii-protection",
        30,
        sender="protection_department",
        recipient="mps",
    ),
    _escalation(
        "cac-organ-up",
        _ORGAN,
        "cac-organ",
        60,
        sender="own_cyberspace_body",
        recipient="national_cac",
    ),
    _escalation(
        "cac-other-up", _OTHER, "cac-other", 60, sender="provincial_cac", recipient="national_cac"
    ),
    _escalation(
        "cac-other-peers",
        _OTHER,
        "cac-other",
        60,
        sender="provincial_cac",
        recipient="peer_departments",
    ),
    _closing("cac-cii-closing", _CII, "protection_department"),
    _closing("cac-cii-closing-police", _CII, "police"),
    _closing("cac-organ-closing", _ORGAN, "own_cyberspace_body"),
    _closing("cac-other-closing", _OTHER, "provincial_cac"),
)

DUTIES: tuple[Duty, ...] = (*MIIT_DUTIES, *CAC_DUTIES)
"""Every duty, in the order in which it is told."""

DUTY_OF: dict[str, Duty] = {duty.key: duty for duty in DUTIES}
