"""The words of stories: templates in Chinese and English, as tables.

A name in braces is a fact; `story.py` fills it in. Nothing here decides anything.
"""

import msgspec

from pipeline.incidents.triage import Ground
from schemas.detection import EntityKind
from schemas.glossary import Term
from schemas.language import Language
from schemas.scenarios import Standing

GROUND: dict[Ground, Term] = {
    "level": Term("有{level}规则命中。", "a rule of level {level} matched."),
    "correlation": Term("关联规则命中。", "a correlation fired."),
    "risk": Term(
        "没有单条规则足以生成事件，但累积风险已达 {risk}。",
        "no single rule is grave, but accumulated risk came to {risk}.",
    ),
}
"""Said after `INCIDENT["ground"]`."""


class ActWording(msgspec.Struct, frozen=True, kw_only=True):
    """How the sentence of a deed is put together; its words are in `schemas/deeds.py`."""

    sentence: str
    where: str
    tool: str
    account: str
    address: str
    object: str
    rule_title: str
    no_host: str
    no_object: str
    one_more_host: str
    n_more_hosts: str

    def more_hosts(self, more: int) -> str:
        """What is added to the name of the first host."""
        template = self.one_more_host if more == 1 else self.n_more_hosts
        return template.format(more=more, count=more + 1) if more else ""


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """The templates of one language; a name in braces is a fact."""

    title: str
    act: ActWording
    first: str
    who: str
    where: str
    what: str
    contact: str
    evidence: str
    evidence_item: str
    evidence_fact: str
    evidence_times: str
    of_level: str
    ground: str
    tools: str
    tactics: str
    verdict: str
    more: dict[Standing, str]
    """What would make the tier higher, by what the scenario stands for."""
    and_more: dict[EntityKind, str]
    and_one: dict[EntityKind, str]
    list_mark: str
    item_mark: str
    sentence_mark: str


WORDINGS: dict[Language, Wording] = {
    "zh": Wording(
        title="{scenario}：{deed}",
        act=ActWording(
            sentence="{address}{account}{tool}{where}{what}{object}",
            where="在 {host} 上",
            tool="使用 {tool} ",
            account="账户 {account} ",
            address="来自 {address} 的",
            object="：{object}",
            rule_title="触发告警“{title}”",
            no_host="未知主机",
            no_object="其他主机",
            one_more_host=" 等 {count} 台主机",
            n_more_hosts=" 等 {count} 台主机",
        ),
        first="{when}，{deed}。",
        who="账户 {accounts} ",
        where="在主机 {hosts} 上",
        what="{who}{where}共触发 {rules} 条规则、{count} 次告警（{levels}）。",
        contact="涉及地址 {addresses}。",
        evidence="最重要的证据：{items}。",
        evidence_item="“{title}”（{level}{times}）{fact}",
        evidence_fact="：{summary}",
        evidence_times="，{count} 次",
        of_level="{level} {count} 条",
        ground="{ground}：{why}",
        tools="使用的程序：{tools}。",
        tactics="攻击战术依次为：{tactics}。",
        verdict="研判为{scenario}（{category}／{subcategory}），累积风险 {risk}，"
        "置信度 {confidence}/100。",
        more={
            "harm": "如涉及登记的重要系统、重要或核心数据，或中断时间延长，级别将上调。",
            "means": "如波及登记的重要系统，或发生数据窃取、加密、停产，级别将上调。",
            "trace": "如出现凭据窃取、横向移动，或波及登记的重要系统，级别将上调。",
        },
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
        title="{scenario}: {deed}",
        act=ActWording(
            sentence="{what}{where}{tool}{account}{address}{object}",
            where=" on {host}",
            tool=" by {tool}",
            account=", account {account}",
            address=", from {address}",
            object=": {object}",
            rule_title="“{title}”",
            no_host="an unnamed host",
            no_object="another host",
            one_more_host=" and 1 more host",
            n_more_hosts=" and {more} more hosts",
        ),
        first="{when}: {deed}.",
        who="Account {accounts}: ",
        where=" on {hosts}",
        what="{who}{count} of {rules}{where} ({levels}).",
        contact="Addresses involved: {addresses}.",
        evidence="Gravest evidence: {items}.",
        evidence_item="“{title}” ({level}{times}){fact}",
        evidence_fact=": {summary}",
        evidence_times=", {count} times",
        of_level="{count} {level}",
        ground="{ground}: {why}",
        tools="Programs used: {tools}.",
        tactics="Tactics in order: {tactics}.",
        verdict="Judged to be: {scenario} ({category}); accumulated risk {risk}, "
        "confidence {confidence} of 100.",
        more={
            "harm": "The tier rises with a registered key system, important or core data, "
            "or a longer outage.",
            "means": "The tier rises once a registered key system is reached, data is taken or "
            "encrypted, or production stops.",
            "trace": "The tier rises with stolen credentials, lateral movement, "
            "or a registered key system.",
        },
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
