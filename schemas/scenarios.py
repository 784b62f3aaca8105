"""Scenarios: what kind of incident it is, in the words of the Chinese instruments.

The four that the MIIT plan for industrial data security names (2024-2026: 勒索病毒攻击, 漏洞后门,
人员违规操作, 非受控远程运维), those that data security incidents are made of (MIIT emergency plan
for data security incidents, 1.4), and what remains. Category and sub-category are those of
GB/T 20986-2023, whose members are known from secondary sources only: check the wording against
the standard before it goes into a form.
"""

from typing import Literal, TypeAlias

import msgspec

Standing: TypeAlias = Literal["harm", "means", "trace"]
"""Whether it says what harm is done, by what means, or only what any attack leaves behind."""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario. What leads to it: `schemas/deeds.py`, and a rule's own `fenghuo.scenario`."""

    key: str
    standing: Standing
    zh: str
    en: str
    category: str
    category_en: str
    subcategory: str


MALWARE = ("恶意程序事件", "malicious program")
ATTACK = ("网络攻击事件", "network attack")
DATA = ("数据安全事件", "data security")
VIOLATION = ("违规操作事件", "violation")
OTHER = ("其他事件", "other")


def _row(
    key: str,
    standing: Standing,
    names: tuple[str, str],
    category: tuple[str, str],
    subcategory: str,
) -> Scenario:
    return Scenario(
        key=key,
        standing=standing,
        zh=names[0],
        en=names[1],
        category=category[0],
        category_en=category[1],
        subcategory=subcategory,
    )


SCENARIOS: dict[str, Scenario] = {
    row.key: row
    for row in (
        _row("ransomware", "harm", ("勒索病毒攻击", "Ransomware"), MALWARE, "勒索软件事件"),
        _row("industrial_control", "harm", ("工业控制系统攻击", "Attack on industrial control"),
             ATTACK, "其他网络攻击事件"),
        _row("data_destruction", "harm", ("数据破坏", "Data destruction"), DATA, "数据损失事件"),
        _row("data_theft", "harm", ("数据窃取", "Data theft"), DATA, "数据窃取事件"),
        _row("data_leak", "harm", ("数据泄露", "Data leak"), DATA, "数据泄露事件"),
        _row("data_tampering", "harm", ("数据篡改", "Data tampering"), DATA, "数据篡改事件"),
        _row("denial_of_service", "harm", ("拒绝服务", "Denial of service"), ATTACK,
             "拒绝服务攻击事件"),
        _row("uncontrolled_remote_maintenance", "means",
             ("非受控远程运维", "Uncontrolled remote maintenance"), VIOLATION, "授权滥用事件"),
        _row("vulnerability_backdoor", "means", ("漏洞后门", "Vulnerability or backdoor"), ATTACK,
             "漏洞利用事件"),
        _row("credential_theft", "means", ("凭据窃取", "Credential theft"), ATTACK,
             "凭据攻击事件"),
        _row("lateral_movement", "means", ("横向移动", "Lateral movement"), ATTACK,
             "主机失陷事件"),
        _row("illegal_operation", "means", ("人员违规操作", "Illegal operation by personnel"),
             VIOLATION, "故意违规操作事件"),
        _row("privilege_escalation", "means", ("权限提升", "Privilege escalation"), ATTACK,
             "其他网络攻击事件"),
        _row("persistence", "means", ("驻留后门", "Persistence"), ATTACK, "后门植入事件"),
        _row("reconnaissance", "trace", ("侦察探测", "Reconnaissance"), ATTACK,
             "网络扫描探测事件"),
        _row("malware", "trace", ("恶意程序", "Malware"), MALWARE, "其他恶意程序事件"),
        _row("defense_impairment", "trace", ("破坏安全防护", "Defences impaired"), ATTACK,
             "其他网络攻击事件"),
        _row("other", "trace", ("其他", "Other"), OTHER, "其他事件"),
    )
}  # fmt: skip
"""In order of precedence: what does harm comes before how it was done, and the means before
what any attack leaves behind."""

_PLACE = {key: place for place, key in enumerate(SCENARIOS)}


def scenario_place(key: str) -> int:
    """Place in the order of precedence, 0 first."""
    return _PLACE[key]
