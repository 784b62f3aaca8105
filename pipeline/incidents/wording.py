"""The words of stories: templates in Chinese and English, as tables.

A name in braces is a fact; `story.py` fills it in. Nothing here decides anything.
"""

import msgspec

from pipeline.incidents.triage import Ground
from schemas.detection import EntityKind, Level
from schemas.language import Language

LEVEL_WORDS: dict[Level, dict[Language, str]] = {
    "informational": {"zh": "提示", "en": "informational"},
    "low": {"zh": "低", "en": "low"},
    "medium": {"zh": "中", "en": "medium"},
    "high": {"zh": "高", "en": "high"},
    "critical": {"zh": "严重", "en": "critical"},
}
GROUND_WORDS: dict[Ground, dict[Language, str]] = {
    "level": {
        "zh": "立案依据：有“{level}”级规则命中。",
        "en": "It opened because a rule of level {level} matched.",
    },
    "correlation": {
        "zh": "立案依据：关联规则命中。",
        "en": "It opened because a correlation fired.",
    },
    "risk": {
        "zh": "立案依据：没有单条规则达到立案级别，但累积风险已达 {risk}。",
        "en": "No single rule is grave; it opened because accumulated risk came to {risk}.",
    },
}


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """The templates of one language; a name in braces is a fact."""

    title: str
    title_bare: str
    when_span: str
    when_once: str
    who: str
    where: str
    what: str
    contact: str
    evidence: str
    evidence_item: str
    evidence_fact: str
    evidence_times: str
    tools: str
    tactics: str
    verdict: str
    and_more: dict[EntityKind, str]
    and_one: dict[EntityKind, str]
    list_mark: str
    item_mark: str
    sentence_mark: str


WORDINGS: dict[Language, Wording] = {
    "zh": Wording(
        title="{where}发生{scenario}：{gravest}",
        title_bare="{scenario}：{gravest}",
        when_span="{first} 至 {last}（北京时间）",
        when_once="{first}（北京时间）",
        who="账户 {accounts} ",
        where="在主机 {hosts} 上",
        what="{when}，{who}{where}触发 {rules} 条规则、共 {count} 次检测（{levels}）。",
        contact="涉及地址 {addresses}。",
        evidence="最重要的证据：{items}。",
        evidence_item="“{title}”（{level}级{times}）{fact}",
        evidence_fact="：{summary}",
        evidence_times="，{count} 次",
        tools="使用的程序：{tools}。",
        tactics="攻击战术依次为：{tactics}。",
        verdict="研判为{scenario}（{category}／{subcategory}），累积风险 {risk}，"
        "置信度 {confidence}/100。",
        and_more={
            "host": " 等 {count} 台主机",
            "account": " 等 {count} 个账户",
            "address": " 等 {count} 个地址",
            "process": " 等 {count} 个程序",
        },
        and_one={},
        list_mark="、",
        item_mark="；",
        sentence_mark="",
    ),
    "en": Wording(
        title="{scenario} on {where}: {gravest}",
        title_bare="{scenario}: {gravest}",
        when_span="From {first} to {last} (UTC+8)",
        when_once="At {first} (UTC+8)",
        who=" account {accounts}",
        where=" on {hosts}",
        what="{when},{who}{where} set off {count} of {rules} ({levels}).",
        contact="Addresses involved: {addresses}.",
        evidence="Gravest evidence: {items}.",
        evidence_item="“{title}” ({level}{times}){fact}",
        evidence_fact=": {summary}",
        evidence_times=", {count} times",
        tools="Programs used: {tools}.",
        tactics="Tactics in order: {tactics}.",
        verdict="Judged to be: {scenario} ({category}); accumulated risk {risk}, "
        "confidence {confidence} of 100.",
        and_more={
            "host": " and {more} more hosts",
            "account": " and {more} more accounts",
            "address": " and {more} more addresses",
            "process": " and {more} more programs",
        },
        and_one={
            "host": " and 1 more host",
            "account": " and 1 more account",
            "address": " and 1 more address",
            "process": " and 1 more program",
        },
        list_mark=", ",
        item_mark="; ",
        sentence_mark=" ",
    ),
}
