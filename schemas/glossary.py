"""The one glossary: what people read, in Chinese and English, by the value that stands for it.

Keys are values of the store's columns and of commands. Chinese is what an official or an
analyst would write: 告警 for a detection, 级别 of an incident, 办结 for closed.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

from schemas.assessment import TIER_EN, TIER_ZH, TIERS
from schemas.language import Language


class Term(NamedTuple):
    """One term in both languages."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        """The term in one language."""
        return self.zh if language == "zh" else self.en


Terms: TypeAlias = Mapping[str, Term]

TIER: Final[Terms] = {
    tier: Term(f"{TIER_ZH[tier]}（{roman}级）", f"{TIER_EN[tier]} ({tier})")
    for tier, roman in zip(TIERS, "ⅠⅡⅢⅣ", strict=True)
}
RESPONSE: Final[Terms] = {
    tier: Term(f"{roman}级响应", f"level {tier} response")
    for tier, roman in zip(TIERS, "ⅠⅡⅢⅣ", strict=True)
}
COLOUR: Final[Terms] = {
    "red": Term("红色", "red"),
    "orange": Term("橙色", "orange"),
    "yellow": Term("黄色", "yellow"),
    "blue": Term("蓝色", "blue"),
}
WARNING: Final[Terms] = {
    "suggested": Term("未发布", "not issued"),
    "issued": Term("已发布", "issued"),
    "adjusted": Term("已调整", "adjusted"),
    "lifted": Term("已解除", "lifted"),
}
LAW: Final[Terms] = {
    "miit": Term("工业和信息化领域数据安全事件", "MIIT data security incidents"),
    "cac": Term("国家网络安全事件", "CAC cybersecurity incidents"),
    "public_internet": Term("公共互联网网络安全突发事件", "public internet emergencies"),
    "statute": Term("法律、行政法规和规章", "statutes and regulations"),
}
SUGGESTED: Final[Terms] = {
    colour: Term(f"建议预警等级：{term.zh}（未发布）", f"suggested warning: {term.en} (not issued)")
    for colour, term in COLOUR.items()
}
"""A colour that was computed is nobody's warning."""
LAW_SHORT: Final[Terms] = {
    "miit": Term("工信部", "MIIT"),
    "cac": Term("网信办", "CAC"),
    "public_internet": Term("公共互联网", "public internet"),
    "statute": Term("法律法规", "statutes"),
}
OCCURRED: Final[Terms] = {
    "true": Term("已发生", "has occurred"),
    "false": Term("可能发生", "may occur"),
}
STATUS: Final[Terms] = {
    "new": Term("待处置", "new"),
    "in_progress": Term("处置中", "in progress"),
    "on_hold": Term("暂缓处置", "on hold"),
    "resolved": Term("已处置", "resolved"),
    "closed": Term("已办结", "closed"),
    "superseded": Term("已并入其他事件", "superseded"),
}
VERDICT: Final[Terms] = {
    "unknown": Term("未研判", "unknown"),
    "true_positive": Term("属实", "true positive"),
    "false_positive": Term("误报", "false positive"),
    "benign": Term("正常行为", "benign"),
    "disregard": Term("不予处理", "disregard"),
    "suspicious": Term("可疑", "suspicious"),
    "security_risk": Term("安全风险", "security risk"),
    "test": Term("测试", "test"),
    "duplicate": Term("重复", "duplicate"),
    "superseded": Term("已并入其他事件", "superseded"),
}
LEVEL: Final[Terms] = {
    "critical": Term("严重", "critical"),
    "high": Term("高危", "high"),
    "medium": Term("中危", "medium"),
    "low": Term("低危", "low"),
    "informational": Term("提示", "informational"),
}
OBLIGATION: Final[Terms] = {
    "late": Term("已逾期", "late"),
    "due_soon": Term("即将到期", "due soon"),
    "pending": Term("待办", "pending"),
    "done": Term("已完成", "done"),
    "withdrawn": Term("已撤销", "withdrawn"),
}
AT_ONCE: Final = Term("应立即办理", "at once")
"""Of an obligation that is open and for which the instrument gives no figure."""
CHANNEL: Final[Terms] = {
    "phone": Term("电话", "phone"),
    "written": Term("书面", "in writing"),
    "notice": Term("告知", "notice"),
    "report": Term("报送", "report"),
}
CONFIDENCE: Final[Terms] = {
    "full_text": Term("已见全文", "full text read"),
    "excerpt": Term("已见节录", "excerpt read"),
    "secondary": Term("据转述，待核", "by a report of the text"),
    "fragment": Term("据片段，待核", "by fragments of the text"),
    "background": Term("条文未见，待核", "text not seen"),
}
FIELD: Final[Terms] = {
    "industrial": Term("工业", "industrial"),
    "telecom": Term("电信", "telecom"),
    "radio": Term("无线电", "radio"),
    "unknown": Term("尚不明确", "not yet known"),
}
SECTOR: Final[Terms] = {
    "steel": Term("钢铁", "Steel"),
    "petrochemical": Term("石化", "Petrochemicals"),
    "non_ferrous": Term("有色金属", "Non-ferrous metals"),
    "building_materials": Term("建材", "Building materials"),
    "machinery": Term("机械", "Machinery"),
    "vehicles": Term("汽车", "Vehicles"),
    "rail": Term("轨道交通装备", "Rail equipment"),
    "shipbuilding": Term("船舶", "Shipbuilding"),
    "electronics": Term("电子信息", "Electronics"),
    "pharmaceutical": Term("医药", "Pharmaceuticals"),
    "food": Term("食品", "Food"),
    "textile": Term("纺织", "Textiles"),
    "software": Term("软件", "Software"),
    "industrial_internet": Term("工业互联网", "Industrial internet"),
    "telecom": Term("电信", "Telecommunications"),
    "data_centre": Term("数据中心", "Data centres"),
    "internet": Term("互联网", "Internet"),
    "radio": Term("无线电", "Radio"),
}
"""A registry's word for a sector is its own; these are the usual ones."""
DATA_CLASS: Final[Terms] = {
    "general": Term("一般数据", "general data"),
    "important": Term("重要数据", "important data"),
    "core": Term("核心数据", "core data"),
}
DATA_TYPE: Final[Terms] = {
    "research": Term("研发数据", "R&D data"),
    "production": Term("生产运行数据", "production data"),
    "management": Term("管理数据", "management data"),
    "maintenance": Term("运维数据", "operation and maintenance data"),
    "service": Term("业务服务数据", "service data"),
}
LEARNED_BY: Final[Terms] = {
    "own_monitoring": Term("自主监测发现", "own monitoring"),
    "public_post": Term("网上公开发布", "public post (URL)"),
    "third_party": Term("第三方报送", "reported by a third party"),
    "other": Term("其他", "other"),
}
BASIS: Final[Terms] = {
    "observed": Term("监测所见", "observed"),
    "estimated": Term("估计", "estimated"),
    "reported": Term("填报", "reported"),
    "none": Term("无", "none"),
}
STATED_BY: Final[Terms] = {
    "policy": Term("系统推定", "presumed by the system"),
    "registry": Term("登记信息", "the registry"),
    "campaign": Term("关联汇总", "the campaign's sum"),
    "facts file": Term("事实文件", "the facts file"),
}
"""Who states a fact where it is no person."""
VERB: Final[Terms] = {
    "start": Term("开始处置", "work began"),
    "hold": Term("暂缓处置", "work was put on hold"),
    "confirm": Term("确认事件已发生", "confirmed that it occurred"),
    "impact": Term("填报危害事实", "stated the impact"),
    "describe": Term("补充事件情况", "described the incident"),
    "override": Term("专家研判级别", "stated an expert's tier"),
    "fix_tier": Term("主管部门认定级别", "the regulator fixed the tier"),
    "issue_warning": Term("发布预警", "a warning was issued"),
    "adjust_warning": Term("调整预警", "the warning was adjusted"),
    "lift_warning": Term("解除预警", "the warning was lifted"),
    "end_response": Term("结束应急响应", "the response ended"),
    "resolve": Term("完成处置", "handling was completed"),
    "close": Term("办结", "closed"),
    "reopen": Term("重新处置", "reopened"),
    "reported": Term("完成报送", "reported"),
    "assign": Term("指派负责人", "assigned"),
    "note": Term("添加备注", "noted"),
    "add_task": Term("新建任务", "a task was set"),
    "end_task": Term("完成任务", "a task was done"),
    "attach": Term("登记附件", "a file was attached"),
    "merge": Term("合并事件", "merged with another incident"),
    "split": Term("拆分事件", "split"),
    "add_exception": Term("设置规则例外", "an exception was added"),
    "end_exception": Term("结束规则例外", "an exception was ended"),
    "fulfil_obligation": Term("确认数据出境义务已办理", "a duty of exports was fulfilled"),
    "waive_obligation": Term("认定数据出境义务免予办理", "a duty of exports was waived"),
    "reopen_obligation": Term("撤回数据出境义务的认定", "a settled duty of exports was reopened"),
    "add_late_finding": Term("纳入补查发现", "a late finding was admitted"),
}
"""What an analyst or a regulator does; as 处置记录 these are read as sentences."""
NOTICE: Final[Terms] = {
    "opened": Term("新事件", "new incident"),
    "tier": Term("事件定级", "tier"),
    "due_soon": Term("报送即将到期", "report due soon"),
    "late": Term("报送已逾期", "report late"),
}
"""What a notice is about."""
EXCEPTION: Final[Terms] = {
    "active": Term("生效中", "active"),
    "ended": Term("已结束", "ended"),
    "expired": Term("已到期", "expired"),
    "everywhere": Term("全单位", "whole enterprise"),
    "scope": Term("范围", "where"),
    "period": Term("期限", "period"),
    "hidden": Term("已隐藏", "hidden"),
    "last_hidden": Term("最近隐藏", "last hidden"),
    "state": Term("状态", "state"),
}
"""A rule silenced at an enterprise: its states, and what its list is headed by."""
ENTITY: Final[Terms] = {
    "host": Term("主机", "host"),
    "account": Term("账户", "account"),
    "address": Term("地址", "address"),
    "domain": Term("域名", "domain"),
    "url": Term("网址", "URL"),
    "file": Term("文件路径", "file path"),
    "hash": Term("文件哈希", "file hash"),
    "process": Term("进程", "process"),
    "registry_key": Term("注册表项", "registry key"),
    "data": Term("数据", "data"),
}
FIELD_LABEL: Final[Terms] = {
    "source_ip": Term("源地址", "source address"),
    "destination_ip": Term("目的地址", "destination address"),
    "account target": Term("目标账户", "target account"),
    "process target": Term("目标进程", "target process"),
    "host actor": Term("来源主机", "source host"),
    "host observer": Term("监测设备", "sensor"),
    "session": Term("登录会话", "logon session"),
    "command": Term("命令", "command"),
    "event type": Term("日志类型", "type of event"),
    "bytes read": Term("读取字节数", "bytes read"),
    **ENTITY,
}
"""What a field of an event is called: by the column that it fills, by kind and role, by kind."""
EVENT_COLUMN: Final[Terms] = {
    "time": Term("时间", "time"),
    "host": ENTITY["host"],
    "account": ENTITY["account"],
    "product": Term("产品", "product"),
    "category": Term("类别", "category"),
    "service": Term("服务", "service"),
    "raw": Term("原始日志", "event as received"),
}
"""Columns of a table of events."""
INCIDENT: Final[Terms] = {
    "incident": Term("事件", "incident"),
    "detection": Term("告警", "detection"),
    "event": Term("日志", "event"),
    "first_time": Term("首条日志时间", "first event"),
    "last_time": Term("末条日志时间", "last event"),
    "ground": Term("事件生成依据", "why the incident was opened"),
    "level": Term("规则级别", "level"),
    "tier": Term("级别", "tier"),
    "scenario": Term("场景", "scenario"),
    "opened_at": Term("发现时间", "discovered"),
    "found_late_at": Term("补查发现时间", "found late"),
    "act": Term("处置", "act"),
    "acts": Term("处置记录", "record of handling"),
    "enterprise": Term("单位", "enterprise"),
    "province": Term("省份", "province"),
    "number": Term("序号", "no."),
    "id": Term("编号", "id"),
    "title": Term("标题", "title"),
    "status": Term("状态", "status"),
    "verdict": Term("研判结论", "verdict"),
    "assignee": Term("负责人", "assignee"),
    "analyst": Term("操作人", "analyst"),
    "reason": Term("说明", "reason"),
    "notes": Term("备注", "notes"),
    "tasks": Term("任务", "tasks"),
    "attachments": Term("附件", "attachments"),
    "open": Term("待完成", "open"),
    "done": Term("已完成", "done"),
    "place": Term("存放位置", "where it lies"),
    "digest": Term("文件摘要", "digest"),
    "refusal": Term("未受理原因", "refused because"),
    "obligations": Term("报送义务", "obligations"),
    "limit": Term("时限", "limit"),
    "article": Term("依据条款", "article"),
    "time": Term("时间", "time"),
    "recipient": Term("报送对象", "recipient"),
    "due_at": Term("截止时间", "due"),
    "entities": Term("涉及对象", "entities"),
    "rule": Term("规则", "rule"),
    "count": Term("次数", "count"),
    "outside": Term("不在报送范围", "outside the reporting chain"),
    "expert": Term("专家定级", "an expert's tier"),
    "exploited": Term("遭漏洞利用", "exploited vulnerability"),
    "theft": Term("数据窃取事件", "data theft"),
    "abuse": Term("权限滥用事件", "privilege abuse"),
    "compromised": Term("失陷主机事件", "compromised host"),
    "denial": Term("拒绝服务事件", "denial of service"),
}
"""Words about an incident and its kinds (GB/T 20986-2023)."""


def capital(text: str) -> str:
    """The text as it begins a sentence, a heading or a cell."""
    return text[:1].upper() + text[1:]


def read(terms: Terms, key: str, language: Language) -> str:
    """The term for a key in one language; a key without one is shown as it is."""
    return terms[key].of(language) if key in terms else key
