"""What people read, in Chinese and English: the words of report and dashboards, as tables.

Keys are the values of the store's columns. A value without an entry is shown as it is.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from schemas import (
    glossary,
    glossary_cross_border,
    glossary_programme,
    glossary_registry,
    language,
)
from schemas.assessment import TIER_COLOUR, TIER_EN, TIER_ZH, TIERS, Tier
from schemas.attack import TACTICS
from schemas.glossary import Term, capital
from schemas.glossary_drills import DRILL, INJECT, MILESTONE, SCORE, STATE
from schemas.glossary_drills import OUTCOME as HOW_FAR
from schemas.glossary_drills import SCENARIO as OF_LIBRARY
from schemas.provinces import OUTSIDE, PROVINCES
from schemas.scenarios import SCENARIOS

Language: TypeAlias = language.Language
LANGUAGES: Final = language.LANGUAGES
Text: TypeAlias = Term
"""One text in both languages."""
Words: TypeAlias = Mapping[str, Text]


def translate(words: Words, key: str, language: Language) -> str:
    """The key's text, or the key itself where the table has none."""
    return words[key].of(language) if key in words else key


def headed(terms: Words) -> Words:
    """The terms as headings and cells: in English with a capital."""
    return {key: Text(it.zh, capital(it.en)) for key, it in terms.items()}


TIER: Final[Words] = {tier: Text(TIER_ZH[tier], TIER_EN[tier]) for tier in TIERS}

COLOUR: Final[Words] = headed(glossary.COLOUR)
SUGGESTED: Final[Words] = headed(glossary.SUGGESTED)
TIER_OF_COLOUR: Final[Mapping[str, Tier]] = {TIER_COLOUR[tier]: tier for tier in TIERS}

RESPONSE: Final[Words] = headed(glossary.RESPONSE)

REGIME: Final[Words] = headed(glossary.LAW)
REGIME_SHORT: Final[Words] = headed(glossary.LAW_SHORT)

STATUS: Final[Words] = headed(glossary.STATUS)
VERDICT: Final[Words] = headed(glossary.VERDICT)
LEVEL: Final[Words] = glossary.LEVEL
OBLIGATION: Final[Words] = headed(glossary.OBLIGATION)
"""Most pressing first."""

DUE: Final[Words] = {
    "late": OBLIGATION["late"],
    "due_soon": OBLIGATION["due_soon"],
    "at_once": Text(glossary.AT_ONCE.zh, capital(glossary.AT_ONCE.en)),
    **{state: OBLIGATION[state] for state in ("pending", "done", "withdrawn")},
}
"""Of an obligation on the boards: what has no deadline is never late, nor due soon."""

OUTCOME: Final[Words] = {
    "met": Text("符合", "Met"),
    "unknown": Text("未知", "Unknown"),
    "not_met": Text("不符合", "Not met"),
}

BASIS: Final[Words] = glossary.BASIS
ENTITY: Final[Words] = headed(glossary.ENTITY)

FIELD_LABEL: Final[Words] = headed(glossary.FIELD_LABEL)
INCIDENT: Final[Words] = headed(glossary.INCIDENT)

INDICATOR: Final[Words] = {
    "address": Text("外部地址", "External address"),
    **{kind: ENTITY[kind] for kind in ("domain", "hash", "account")},
    "techniques": Text("技术组合", "Set of techniques"),
}

CAMPAIGN_STATUS: Final[Words] = {
    "active": Text("活跃", "Active"),
    "over": Text("已平息", "Over"),
    "withdrawn": Text("已撤销", "Withdrawn"),
}

ROLE: Final[Words] = {
    "actor": Text("发起方", "actor"),
    "tool": Text("工具", "tool"),
    "target": Text("目标", "target"),
    "observer": Text("观察方", "observer"),
}

BATCH_OUTCOME: Final[Words] = {
    "accepted": Text("已接收", "Accepted"),
    "duplicate": Text("重复", "Duplicate"),
    "refused": Text("已拒收", "Refused"),
}

UNVERIFIED: Final[Words] = {
    "no_stream": Text("未带流编号", "No stream is named"),
    "sequence_reused": Text("流编号重复使用", "A number of its stream came twice"),
    "stream_forgotten": Text("流过多，旧编号已不记", "Its stream's numbers were forgotten"),
}
"""Why it cannot be known whether a batch was taken before (docs/publishing.md)."""

SECTOR: Final[Words] = glossary.SECTOR
STATED_BY: Final[Words] = glossary.STATED_BY

FIELD: Final[Words] = headed(glossary.FIELD)
DATA_CLASS: Final[Words] = glossary.DATA_CLASS
VERB: Final[Words] = headed(glossary.VERB)
"""What an analyst may say of an incident (schemas/command.py)."""
EXCEPTION: Final[Words] = headed(glossary.EXCEPTION)

THRESHOLD: Final[Words] = headed(glossary_cross_border.THRESHOLD)
THRESHOLD_STATE: Final[Words] = headed(glossary_cross_border.THRESHOLD_STATE)
COUNT_BASIS: Final[Words] = headed(glossary_cross_border.COUNT_BASIS)
LEGAL_GROUND: Final[Words] = headed(glossary_cross_border.LEGAL_GROUND)
TARGET: Final[Words] = headed(glossary_programme.TARGET)
TARGET_STATE: Final[Words] = headed(glossary_programme.TARGET_STATE)

SIDE: Final[Words] = {"live": Text("实时", "Live"), "again": Text("调查", "Investigation")}
CHANGE: Final[Words] = {
    "new": Text("新增", "New"),
    "gone": Text("消失", "Gone"),
    "changed": Text("有变化", "Changed"),
    "same": Text("一致", "Same"),
}
"""What an investigation says otherwise than the live data."""

LOOKED: Final[Words] = {
    "0": Text("时段起点", "start of the period"),
    "1": Text("1 小时前", "an hour ago"),
    "4": Text("4 小时前", "4 hours ago"),
    "8": Text("8 小时前", "8 hours ago"),
    "24": Text("一天前", "a day ago"),
    "168": Text("一周前", "a week ago"),
}
"""By hours; 0 for the chosen period."""
CHANGED: Final[Words] = {
    "opened": Text("新事件", "New incident"),
    "judged": Text("结论变化", "Judgement changed"),
    "moved": Text("状态变化", "Status changed"),
    "missed": Text("报告逾期", "Report became late"),
}
METRIC: Final[Words] = {
    "occurred": Text(
        f"新发现事件：{glossary.OCCURRED['true'].zh}", "Incidents discovered that occurred"
    ),
    "suspected": Text(
        f"新发现事件：{glossary.OCCURRED['false'].zh}", "Incidents discovered that may occur"
    ),
    "grave": Text("其中 I、II 级", "Of these, tier I or II"),
    "missed": Text("逾期的报告", "Reports that became late"),
    "detections": Text(glossary.INCIDENT["detection"].zh, "Detections"),
    "senders": Text("有报送的单位", "Enterprises that sent"),
    "events": Text("收到的日志", "Events received"),
    "dead_letters": Text("死信", "Dead letters"),
}
"""What a shift is compared by with the same hours before."""

CHANNEL: Final[Words] = glossary.CHANNEL

COVERAGE: Final[Words] = headed(glossary_registry.COVERAGE)
STEP: Final[Words] = headed(glossary_registry.STEP)
TASK: Final[Words] = headed(glossary_registry.TASK)
STANDING: Final[Words] = headed(glossary_registry.STANDING)
"""Whether a step of coverage is taken."""

SCENARIO: Final[Words] = {row.key: Text(row.zh, row.en) for row in SCENARIOS.values()}
CATEGORY: Final[Words] = {
    row.key: Text(row.category, capital(row.category_en)) for row in SCENARIOS.values()
}
"""By scenario (GB/T 20986-2023)."""
TACTIC: Final[Words] = {row.key: Text(row.zh, row.en) for row in TACTICS.values()}
PROVINCE: Final[Words] = {row.code: Text(row.zh, row.en) for row in PROVINCES.values()}
PLACE: Final[Words] = {**PROVINCE, **{row.code: Text(row.zh, row.en) for row in OUTSIDE}}
"""What stands on a map: beside the provinces, what reports to nobody here."""

GRADE: Final[Words] = {
    **{
        str(n): Text(f"{tier} 级（{TIER_ZH[tier]}）", f"{tier} {TIER_EN[tier]}")
        for n, tier in enumerate(TIERS, 1)
    },
    "9": Text("未定级", "No tier"),
}
"""The numbers of `dashboards.sql.GRAVITY`."""

JUDGEMENT: Final[Words] = {
    **{f"response {tier}": text for tier, text in RESPONSE.items()},
    **{
        f"{state} {colour}": Text(f"{text.zh}（{stands.zh}）", f"{text.en} ({stands.en})")
        for state, stands in glossary.WARNING.items()
        for colour, text in COLOUR.items()
    },
    **TIER,
    "none": Text("未定级", "No tier"),
}

"""The words of `dashboards.sql.judged`."""

YES_NO: Final[Words] = {"true": Text("是", "yes"), "false": Text("否", "no")}
OCCURRED: Final[Words] = headed(glossary.OCCURRED)

DRILL_STATE: Final[Words] = headed(STATE)
DRILL_OUTCOME: Final[Words] = headed(HOW_FAR)
DRILL_INJECT: Final[Words] = headed(INJECT)
DRILL_MILESTONE: Final[Words] = headed(MILESTONE)
DRILL_SCENARIO: Final[Words] = headed(OF_LIBRARY)
OF_DRILLS: Final[Words] = {
    **headed(DRILL),
    **headed(SCORE),
    **{f"to_{name}": term for name, term in DRILL_MILESTONE.items()},
}
"""Headings of what is only said of drills."""
