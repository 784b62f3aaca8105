"""What people read, in Chinese and English: the words of report and dashboards, as tables.

Keys are the values of the store's columns. A value without an entry is shown as it is.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from schemas import glossary
from schemas.assessment import TIER_COLOUR, TIER_EN, TIER_ZH, TIERS, Tier
from schemas.attack import TACTICS
from schemas.glossary import Term
from schemas.provinces import PROVINCES
from schemas.scenarios import SCENARIOS

Language: TypeAlias = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")


Text: TypeAlias = Term
"""One text in both languages."""
Words: TypeAlias = Mapping[str, Text]


def translate(words: Words, key: str, language: Language) -> str:
    """The key's text, or the key itself where the table has none."""
    return words[key].of(language) if key in words else key


TIER: Final[Words] = {tier: Text(TIER_ZH[tier], TIER_EN[tier]) for tier in TIERS}

COLOUR: Final[Words] = {
    "red": Text("红色预警", "Red warning"),
    "orange": Text("橙色预警", "Orange warning"),
    "yellow": Text("黄色预警", "Yellow warning"),
    "blue": Text("蓝色预警", "Blue warning"),
}
TIER_OF_COLOUR: Final[Mapping[str, Tier]] = {TIER_COLOUR[tier]: tier for tier in TIERS}

RESPONSE: Final[Words] = {
    tier: Text(f"{roman}级响应", f"Level {tier} response")
    for tier, roman in zip(TIERS, "ⅠⅡⅢⅣ", strict=True)
}

REGIME: Final[Words] = {
    "miit": Text("工信部（数据安全事件）", "MIIT (data security incidents)"),
    "cac": Text("国家网信办（网络安全事件）", "CAC (cybersecurity incidents)"),
    "public_internet": Text("工信部（公共互联网突发事件）", "MIIT (public internet emergencies)"),
    "statute": Text("法律、行政法规和规章", "Statutes and regulations"),
}
REGIME_SHORT: Final[Words] = {
    "miit": Text("工信部", "MIIT"),
    "cac": Text("网信办", "CAC"),
    "public_internet": Text("公共互联网", "Public internet"),
    "statute": Text("法律法规", "Statutes"),
}

STATUS: Final[Words] = {
    "new": Text("新建", "New"),
    "in_progress": Text("处置中", "In progress"),
    "on_hold": Text("挂起", "On hold"),
    "resolved": Text("已处置", "Resolved"),
    "closed": Text("已关闭", "Closed"),
    "superseded": Text("已并入", "Superseded"),
}

VERDICT: Final[Words] = {
    "unknown": Text("未研判", "Unknown"),
    "true_positive": Text("属实", "True positive"),
    "false_positive": Text("误报", "False positive"),
    "benign": Text("良性", "Benign"),
    "disregard": Text("不予处理", "Disregard"),
    "suspicious": Text("可疑", "Suspicious"),
    "security_risk": Text("安全风险", "Security risk"),
    "test": Text("测试", "Test"),
    "duplicate": Text("重复", "Duplicate"),
}

LEVEL: Final[Words] = {
    "critical": Text("严重", "critical"),
    "high": Text("高", "high"),
    "medium": Text("中", "medium"),
    "low": Text("低", "low"),
    "informational": Text("信息", "informational"),
}

OBLIGATION: Final[Words] = {
    "late": Text("已逾期", "Late"),
    "due_soon": Text("即将到期", "Due soon"),
    "pending": Text("待办", "Pending"),
    "done": Text("已完成", "Done"),
    "withdrawn": Text("已撤销", "Withdrawn"),
}
"""Most pressing first."""

OUTCOME: Final[Words] = {
    "met": Text("符合", "Met"),
    "unknown": Text("未知", "Unknown"),
    "not_met": Text("不符合", "Not met"),
}

BASIS: Final[Words] = {
    "observed": Text("监测所见", "observed"),
    "estimated": Text("估计", "estimated"),
    "reported": Text("上报", "reported"),
    "none": Text("无", "none"),
}

ENTITY: Final[Words] = {
    "host": Text("主机", "Host"),
    "account": Text("账号", "Account"),
    "address": Text("地址", "Address"),
    "process": Text("进程", "Process"),
    "hash": Text("哈希", "Hash"),
    "domain": Text("域名", "Domain"),
    "url": Text("网址", "URL"),
    "file": Text("文件", "File"),
    "registry_key": Text("注册表项", "Registry key"),
    "data": Text("数据", "Data"),
}

INDICATOR: Final[Words] = {
    "address": Text("外部地址", "External address"),
    "domain": Text("域名", "Domain"),
    "hash": Text("文件哈希", "File hash"),
    "account": Text("账号", "Account"),
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

SECTOR: Final[Words] = glossary.SECTOR

FIELD: Final[Words] = {
    "industrial": Text("工业", "Industrial"),
    "telecom": Text("电信", "Telecom"),
    "radio": Text("无线电", "Radio"),
    "unknown": Text("尚不明确", "Not yet known"),
}

DATA_CLASS: Final[Words] = {
    "general": Text("一般数据", "general"),
    "important": Text("重要数据", "important"),
    "core": Text("核心数据", "core"),
}

VERB: Final[Words] = {
    "start": Text("开始处置", "Start"),
    "hold": Text("挂起", "Hold"),
    "confirm": Text("确认发生", "Confirm"),
    "impact": Text("填报影响", "State the impact"),
    "override": Text("专家定级", "Override the tier"),
    "resolve": Text("处置完毕", "Resolve"),
    "close": Text("关闭", "Close"),
    "reopen": Text("重新打开", "Reopen"),
    "reported": Text("已报告", "Reported"),
    "describe": Text("补充情况", "Describe"),
    "fix_tier": Text("认定级别", "Fix the tier"),
    "issue_warning": Text("发布预警", "Issue a warning"),
    "adjust_warning": Text("调整预警", "Adjust the warning"),
    "lift_warning": Text("解除预警", "Lift the warning"),
    "end_response": Text("结束应急响应", "End the response"),
}
"""What an analyst may say of an incident (schemas/command.py)."""

SIDE: Final[Words] = {"live": Text("实时", "Live"), "again": Text("调查", "Investigation")}
CHANGE: Final[Words] = {
    "new": Text("新增", "New"),
    "gone": Text("消失", "Gone"),
    "changed": Text("有变化", "Changed"),
    "same": Text("一致", "Same"),
}
"""What an investigation says otherwise than the live data."""

CHANNEL: Final[Words] = {
    "phone": Text("电话", "phone"),
    "written": Text("书面", "written"),
    "notice": Text("告知", "notice"),
    "report": Text("报送", "report"),
}

SCENARIO: Final[Words] = {row.key: Text(row.zh, row.en) for row in SCENARIOS.values()}
TACTIC: Final[Words] = {row.key: Text(row.zh, row.en) for row in TACTICS.values()}
PROVINCE: Final[Words] = {row.code: Text(row.zh, row.en) for row in PROVINCES.values()}

GRADE: Final[Words] = {
    **{
        str(n): Text(f"{tier} 级 {TIER_ZH[tier]}", f"{tier} {TIER_EN[tier]}")
        for n, tier in enumerate(TIERS, 1)
    },
    "9": Text("未定级", "No tier"),
}
"""The numbers of `dashboards.sql.GRAVITY`."""

JUDGEMENT: Final[Words] = {
    **{f"response {tier}": text for tier, text in RESPONSE.items()},
    **COLOUR,
    **TIER,
    "none": Text("未定级", "No tier"),
}
"""The words of `dashboards.sql.judged`."""

YES_NO: Final[Words] = {"true": Text("是", "yes"), "false": Text("否", "no")}
OCCURRED: Final[Words] = {
    "true": Text("已发生", "Has occurred"),
    "false": Text("可能发生", "May occur"),
}
