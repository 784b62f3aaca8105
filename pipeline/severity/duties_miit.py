"""Duties of the MIIT emergency plan of 2024 and of the data security measures of 2022.

Both were read in full.
"""

from typing import Any

from pipeline.severity.articles import Article, data_measures, plan
from pipeline.severity.duty import MAJOR, REPORTABLE, Duty
from pipeline.severity.limbs import from_, or_graver

_GRADED_DATA = (or_graver("data_class", "important"),)
_AT_ONCE: dict[str, Any] = {"limit_zh": "立即", "limit_en": "immediately", "at_once": True}
_TIMELY: dict[str, Any] = {"limit_zh": "及时", "limit_en": "timely"}


def _duty(
    key: str, sender: str, recipient: str, channel: str, article: Article, **rest: Any
) -> Duty:
    return Duty(
        key=key,
        law="miit",
        sender=sender,
        recipient=recipient,
        channel=channel,
        article=article,
        **rest,
    )


def _from_enterprise(key: str, article: Article, **rest: Any) -> Duty:
    return _duty(key, "processor", "local_regulator", "written", article, **rest)


def _to_mechanism(key: str, channel: str, article: Article, **rest: Any) -> Duty:
    return _duty(key, "local_regulator", "mechanism", channel, article, **rest)


def _after_discovery(channel: str, minutes: int) -> dict[str, Any]:
    by = {"phone": ("电话", "by phone"), "written": ("书面", "in writing")}[channel]
    return {
        "tiers": MAJOR,
        "limit_zh": f"发现事件后{minutes}分钟内{by[0]}报告",
        "limit_en": f"{by[1]} within {minutes} minutes of discovering the incident",
        "limit_minutes": minutes,
        "form": "miit-report" if channel == "written" else "",
    }


def _summary(days: int) -> dict[str, Any]:
    return {
        "tiers": MAJOR,
        "start": "response_ended",
        "limit_zh": f"应急处置工作结束后{days}个工作日内",
        "limit_en": f"within {days} working days of the end of emergency work",
        "limit_working_days": days,
        "form": "miit-summary",
    }


_END_TOLD: dict[str, Any] = {
    "start": "response_ended",
    "limit_zh": "结束应急响应后报告",
    "limit_en": "tell of the end of the response",
}
_GROUP = ("mechanism", "leading_group")
_GROUP_ARTICLE = Article("工信部网安〔2024〕214号第4.4.1、4.4.2节", "MIIT 2024/214 §4.4.1, §4.4.2")
MIIT_DUTIES = (
    _from_enterprise(
        "miit-risk", plan("3.1"), when="risk", tiers=REPORTABLE, form="miit-report", **_AT_ONCE
    ),
    _to_mechanism(
        "miit-risk-up",
        "written",
        plan("3.1"),
        when="risk",
        tiers=MAJOR,
        form="miit-report",
        **_AT_ONCE,
    ),
    _duty(
        "miit-warning-copy",
        "mechanism",
        "national_office",
        "written",
        plan("3.3"),
        when="either",
        start="red_warning",
        at_once=True,
        form="miit-warning",
        limit_zh="发布红色预警时一并抄送",
        limit_en="a copy with each red warning that is issued",
    ),
    _from_enterprise(
        "miit-report",
        plan("4.2"),
        tiers=REPORTABLE,
        form="miit-report",
        states_tier=True,
        **_AT_ONCE,
    ),
    _to_mechanism("miit-up-phone", "phone", plan("4.2"), **_after_discovery("phone", 10)),
    _to_mechanism("miit-up-written", "written", plan("4.2"), **_after_discovery("written", 30)),
    _duty(
        "miit-group-phone",
        *_GROUP,
        "phone",
        _GROUP_ARTICLE,
        after="miit-up-phone",
        **_after_discovery("phone", 20),
    ),
    _duty(
        "miit-group-written",
        *_GROUP,
        "written",
        _GROUP_ARTICLE,
        after="miit-up-phone",
        **_after_discovery("written", 40),
    ),
    _duty(
        "miit-national",
        "mechanism",
        "national_office",
        "written",
        plan("4.2"),
        tiers=MAJOR,
        limit_zh="按有关规定",
        limit_en="as the relevant rules provide",
    ),
    _to_mechanism("miit-up-iii", "written", plan("4.4.3"), tiers=("III",), **_TIMELY),
    _duty(
        "miit-regions-iii",
        "local_regulator",
        "other_regions",
        "notice",
        plan("4.4.3"),
        tiers=("III",),
        **_TIMELY,
    ),
    _duty("miit-ended-ii", *_GROUP, "report", plan("4.6"), tiers=("II",), **_END_TOLD),
    _to_mechanism("miit-ended-iii", "report", plan("4.6"), tiers=("III",), **_END_TOLD),
    _from_enterprise(
        "miit-graded-data",
        data_measures(28),
        needs=_GRADED_DATA,
        form="miit-report",
        states_tier=True,
        at_once=True,
        limit_zh="第一时间（涉及重要、核心数据，不论级别）",
        limit_en="first-time (important or core data, whatever the tier)",
    ),
    _duty(
        "miit-graded-data-up",
        "local_regulator",
        "miit",
        "written",
        data_measures(28),
        needs=_GRADED_DATA,
        form="miit-report",
        at_once=True,
        limit_zh="立即（涉及重要、核心数据，不论级别）",
        limit_en="immediately (important or core data, whatever the tier)",
    ),
    _from_enterprise(
        "miit-progress",
        data_measures(28),
        needs=_GRADED_DATA,
        follows="report",
        form="miit-report",
        limit_zh="及时报告处置进展（涉及重要、核心数据，不论级别）",
        limit_en="progress, timely (important or core data, whatever the tier)",
    ),
    _from_enterprise(
        "miit-further",
        plan("4.2"),
        follows="rise",
        form="miit-report",
        states_tier=True,
        at_once=True,
        limit_zh="级别高于已报告的级别，立即续报",
        limit_en="the tier is above the one reported: report again, immediately",
    ),
    _from_enterprise(
        "miit-correction",
        plan("4.2"),
        follows="fall",
        form="miit-report",
        states_tier=True,
        limit_zh="级别低于已报告的级别，及时更正（不得谎报；由重大以上下调的，写明数据安全机制同意）",
        limit_en="the tier is below the one reported: correct it, timely (no false report; "
        "state the Mechanism's consent where it was major or graver)",
    ),
    _duty(
        "miit-users",
        "processor",
        "users",
        "notice",
        data_measures(28),
        needs=(from_("persons", 1),),
        limit_zh="及时（可能损害用户合法权益的）",
        limit_en="timely (where users' rights may be harmed)",
    ),
    _from_enterprise("miit-summary", plan("5.1"), **_summary(5)),
    _to_mechanism("miit-summary-up", "written", plan("5.1"), **_summary(10)),
    _from_enterprise(
        "miit-graded-data-summary",
        data_measures(28),
        needs=_GRADED_DATA,
        start="handling_ended",
        form="miit-summary",
        limit_zh="处置完成后形成总结报告（涉及重要、核心数据，不论级别）",
        limit_en="a summary after handling (important or core data, whatever the tier)",
    ),
)
