"""MITRE ATT&CK as Sigma tags spell it: tactics with their names, techniques by number.

Tactic names and numbers: ATT&CK Enterprise 19 (in which Stealth and Defense Impairment took
the place of Defense Evasion, which older rules still name) and ATT&CK for ICS.
"""

import re
from collections.abc import Iterable

import msgspec


class Tactic(msgspec.Struct, frozen=True):
    """One tactic; `key` is its Sigma tag without `attack.`, with hyphens."""

    key: str
    uid: str
    zh: str
    en: str


TACTICS: dict[str, Tactic] = {
    tactic.key: tactic
    for tactic in (
        Tactic("reconnaissance", "TA0043", "侦察", "Reconnaissance"),
        Tactic("resource-development", "TA0042", "资源开发", "Resource Development"),
        Tactic("initial-access", "TA0001", "初始访问", "Initial Access"),
        Tactic("execution", "TA0002", "执行", "Execution"),
        Tactic("persistence", "TA0003", "持久化", "Persistence"),
        Tactic("privilege-escalation", "TA0004", "权限提升", "Privilege Escalation"),
        Tactic("defense-evasion", "TA0005", "防御规避", "Defense Evasion"),
        Tactic("stealth", "TA0005", "隐匿", "Stealth"),
        Tactic("defense-impairment", "TA0112", "削弱防御", "Defense Impairment"),
        Tactic("credential-access", "TA0006", "凭据访问", "Credential Access"),
        Tactic("discovery", "TA0007", "发现", "Discovery"),
        Tactic("lateral-movement", "TA0008", "横向移动", "Lateral Movement"),
        Tactic("collection", "TA0009", "收集", "Collection"),
        Tactic("command-and-control", "TA0011", "命令与控制", "Command and Control"),
        Tactic("exfiltration", "TA0010", "数据渗出", "Exfiltration"),
        Tactic("inhibit-response-function", "TA0107", "抑制响应功能", "Inhibit Response Function"),
        Tactic("impair-process-control", "TA0106", "破坏过程控制", "Impair Process Control"),
        Tactic("impact", "TA0040", "影响", "Impact"),
    )
}
"""In the order of an attack: the order of tactics first seen at the same moment."""

_ORDER = {key: place for place, key in enumerate(TACTICS)}
_TECHNIQUE = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)$")


def tactics_of(tags: Iterable[str]) -> tuple[str, ...]:
    """The tactics that Sigma tags name, in the order of an attack; unknown ones are left out."""
    named = (tag.lower() for tag in tags)
    keys = {
        tag.removeprefix("attack.").replace("_", "-") for tag in named if tag.startswith("attack.")
    }
    return tuple(sorted(keys & TACTICS.keys(), key=_ORDER.__getitem__))


def techniques_of(tags: Iterable[str]) -> tuple[str, ...]:
    """The techniques that Sigma tags name, as ATT&CK writes them: `T1003.001`; sorted."""
    found = (_TECHNIQUE.match(tag.lower()) for tag in tags)
    return tuple(sorted({match.group(1).upper() for match in found if match}))


def tactic_place(key: str) -> int:
    """Place of a tactic in the order of an attack."""
    return _ORDER[key]
