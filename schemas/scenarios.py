"""Scenarios: what kind of incident it is, in the words of the Chinese instruments.

The four that the MIIT plan for industrial data security names (2024-2026: 勒索病毒攻击, 漏洞后门,
人员违规操作, 非受控远程运维), those that data security incidents are made of (MIIT emergency plan
for data security incidents, 1.4), and what remains. Category and sub-category are those of
GB/T 20986-2023, whose members are known from secondary sources only: check the wording against
the standard before it goes into a form.
"""

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

Standing: TypeAlias = Literal["harm", "means", "trace"]
"""Whether it says what harm is done, by what means, or only what any attack leaves behind."""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario, and the Sigma tags that lead to it.

    A tag leads to it if it equals one of `tags` or continues it after a full stop, so that
    `attack.t1003` stands for its sub-techniques and `cve` for every CVE.
    """

    key: str
    standing: Standing
    zh: str
    en: str
    category: str
    category_en: str
    subcategory: str
    tags: tuple[str, ...] = ()


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
    tags: str = "",
) -> Scenario:
    return Scenario(
        key=key,
        standing=standing,
        zh=names[0],
        en=names[1],
        category=category[0],
        category_en=category[1],
        subcategory=subcategory,
        tags=tuple(tags.split()),
    )


SCENARIOS: dict[str, Scenario] = {
    row.key: row
    for row in (
        _row(
            "ransomware", "harm", ("勒索病毒攻击", "Ransomware"), MALWARE, "勒索软件事件",
            "attack.t1486 attack.t1490 detection.ransomware",
        ),
        _row(
            "industrial_control", "harm",
            ("工业控制系统攻击", "Attack on industrial control"), ATTACK,
            "其他网络攻击事件",
            "attack.inhibit-response-function attack.impair-process-control attack.t0803 "
            "attack.t0804 attack.t0806 attack.t0809 attack.t0813 attack.t0814 attack.t0815 "
            "attack.t0816 attack.t0821 attack.t0826 attack.t0827 attack.t0828 attack.t0831 "
            "attack.t0835 attack.t0836 attack.t0838 attack.t0843 attack.t0845 attack.t0855 "
            "attack.t0856 attack.t0857 attack.t0858 attack.t0868 attack.t0878 attack.t0879 "
            "attack.t0880 attack.t0881 attack.t0882 attack.t0889",
        ),
        _row(
            "data_destruction", "harm", ("数据破坏", "Data destruction"), DATA, "数据损失事件",
            "attack.t1485 attack.t1561",
        ),
        _row(
            "data_leak", "harm", ("数据泄露", "Data leak"), DATA, "数据泄露事件",
            "attack.t1041 attack.t1048 attack.t1567 attack.t1020 attack.t1537 attack.t1052 "
            "attack.t1011 attack.t1029 attack.t1030 attack.t1114 attack.t1213 "
            "attack.exfiltration",
        ),
        _row(
            "data_tampering", "harm", ("数据篡改", "Data tampering"), DATA, "数据篡改事件",
            "attack.t1565 attack.t1491",
        ),
        _row(
            "denial_of_service", "harm",
            ("拒绝服务", "Denial of service"), ATTACK, "拒绝服务攻击事件",
            "attack.t1498 attack.t1499 attack.t1489 attack.t1529 attack.t1531",
        ),
        _row(
            "uncontrolled_remote_maintenance", "means",
            ("非受控远程运维", "Uncontrolled remote maintenance"),
            VIOLATION, "授权滥用事件",
            "attack.t1219 attack.t1133 attack.t0822 attack.t0886",
        ),
        _row(
            "vulnerability_backdoor", "means", ("漏洞后门", "Vulnerability or backdoor"), ATTACK,
            "漏洞利用事件",
            "cve attack.t1190 attack.t1203 attack.t1210 attack.t1068 attack.t1212 attack.t1211 "
            "attack.t1505 attack.t1195 attack.t0819 attack.t0866 attack.t0890",
        ),
        _row(
            "credential_theft", "means", ("凭据窃取", "Credential theft"), ATTACK, "凭据攻击事件",
            "attack.t1003 attack.t1110 attack.t1555 attack.t1552 attack.t1558 attack.t1556 "
            "attack.t1187 attack.t1557 attack.t1649 attack.t1528 attack.t1539 attack.t1606 "
            "attack.t1056 attack.credential-access",
        ),
        _row(
            "lateral_movement", "means", ("横向移动", "Lateral movement"), ATTACK, "主机失陷事件",
            "attack.t1021 attack.t1570 attack.t1550 attack.t1534 attack.t1563 attack.t1569.002 "
            "attack.t1047 attack.t1080 attack.t1072 attack.lateral-movement",
        ),
        _row(
            "illegal_operation", "means",
            ("人员违规操作", "Illegal operation by personnel"), VIOLATION,
            "故意违规操作事件", "attack.t1200 attack.t1091 attack.t1078.001",
        ),
        _row(
            "persistence", "means", ("驻留后门", "Persistence"), ATTACK, "后门植入事件",
            "attack.t1053 attack.t1543 attack.t1547 attack.t1546 attack.t1136 attack.t1098 "
            "attack.t1197 attack.t1137 attack.t1542 attack.t1554 attack.t1574 attack.persistence",
        ),
        _row(
            "reconnaissance", "trace", ("侦察探测", "Reconnaissance"), ATTACK, "网络扫描探测事件",
            "attack.reconnaissance attack.discovery",
        ),
        _row(
            "malware", "trace", ("恶意程序", "Malware"), MALWARE, "其他恶意程序事件",
            "attack.t1204 attack.t1059 attack.t1055 attack.t1105 attack.t1027 attack.t1218 "
            "attack.t1071 attack.t1496 attack.t1566 attack.t1189 attack.execution "
            "attack.command-and-control attack.stealth attack.defense-evasion "
            "attack.defense-impairment",
        ),
        _row("other", "trace", ("其他", "Other"), OTHER, "其他事件"),
    )
}  # fmt: skip
"""In order of precedence: what does harm comes before how it was done, and the means before
what any attack leaves behind."""

_PLACE = {key: place for place, key in enumerate(SCENARIOS)}
_BY_TAG: dict[str, str] = {}
for _scenario in SCENARIOS.values():
    for _tag in _scenario.tags:
        _BY_TAG.setdefault(_tag, _scenario.key)


def scenario_of_tag(tag: str) -> str:
    """The scenario that one Sigma tag leads to, or "": the most particular row decides."""
    name = tag.lower().replace("_", "-")
    while name not in _BY_TAG and "." in name:
        name = name.rpartition(".")[0]
    return _BY_TAG.get(name, "")


def scenarios_of(tags: Iterable[str], own: str = "") -> tuple[str, ...]:
    """The scenarios of a rule, in order of precedence; `own` is the rule's own key and ends it.

    A technique says more than a tactic: tactics count only where no technique leads anywhere.
    """
    if own in SCENARIOS:
        return (own,)
    named = [tag.lower() for tag in tags]
    exact = {scenario_of_tag(tag) for tag in named if not _is_tactic(tag)} - {""}
    found = exact or {scenario_of_tag(tag) for tag in named} - {""}
    return tuple(sorted(found, key=_PLACE.__getitem__))


def scenario_place(key: str) -> int:
    """Place in the order of precedence, 0 first."""
    return _PLACE[key]


def _is_tactic(tag: str) -> bool:
    namespace, _, rest = tag.partition(".")
    return namespace == "attack" and not rest[1:2].isdigit()
