"""The scenarios of drills as data: which of the simulator's stories are told, and when.

The MIIT plan for industrial data security (2024-2026) names drills that simulate ransomware, and
beside it the scenarios 漏洞后门, 人员违规操作 and 非受控远程运维.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from schemas.glossary import Term
from schemas.glossary_drills import SCENARIO

Form: TypeAlias = Literal["short", "long"]


class Wave(msgspec.Struct, frozen=True):
    """A story that begins so many minutes into the drill and takes so many at most."""

    story: str
    after_minutes: float
    minutes: float


class Course(msgspec.Struct, frozen=True):
    """One form of a scenario. `events` is the mean of ordinary events of one enterprise."""

    minutes: float
    waves: tuple[Wave, ...]
    events: int


class DrillScenario(msgspec.Struct, frozen=True):
    """One scenario; `campaign` is the story that one attacker tells at several provinces, or ""."""

    key: str
    aim: Term
    short: Course
    long: Course
    campaign: str = ""

    @property
    def name(self) -> Term:
        """What people call it."""
        return SCENARIO[self.key]

    def course(self, form: Form) -> Course:
        """The course of one form."""
        return self.short if form == "short" else self.long


EXPECTED: Final[Mapping[str, tuple[str, ...]]] = {
    "ransomware": ("ransomware",),
    "vulnerability_backdoor": ("vulnerability_backdoor",),
    "illegal_operation": ("illegal_operation", "data_theft", "data_leak"),
    "uncontrolled_remote_maintenance": ("uncontrolled_remote_maintenance", "industrial_control"),
    "supply_chain_update": ("vulnerability_backdoor",),
}
"""Story: what its incident may rightly be called (keys of the scenario table), the first best."""
FALSE_ALARM: Final = "storage_cleanup"
FALSE_ALARM_ROLE: Final = "bk"
"""The story of the inject `false_alarm`, and the server on which it is told, and nothing else."""
CAMPAIGN_PROVINCES: Final = 3
"""So many provinces at least make a drill one of several provinces."""

_SHORT: Final = 15
_DAY: Final = 1_440


def _short(story: str, events: int = 60) -> Course:
    return Course(_SHORT, (Wave(story, 1, 11),), events)


def _long(*waves: Wave) -> Course:
    return Course(_DAY, waves, 1_500)


LIBRARY: Final[Mapping[str, DrillScenario]] = {
    scenario.key: scenario
    for scenario in (
        DrillScenario(
            "ransomware",
            Term(
                "钓鱼邮件进入，窃取凭据，横向移动，外传数据，破坏备份后加密",
                "by phishing in, credentials, lateral movement, theft, backups destroyed, "
                "encryption",
            ),
            _short("ransomware"),
            _long(Wave("vulnerability_backdoor", 60, 60), Wave("ransomware", 420, 120)),
        ),
        DrillScenario(
            "vulnerability_backdoor",
            Term(
                "扫描后利用业务系统漏洞，植入网页后门并反弹外联",
                "a scan, an exploited business system, a web shell, a connection outside",
            ),
            _short("vulnerability_backdoor"),
            _long(Wave("vulnerability_backdoor", 90, 60), Wave("vulnerability_backdoor", 720, 120)),
        ),
        DrillScenario(
            "illegal_operation",
            Term(
                "关闭审计，批量读取个人信息，外传，销毁审计记录",
                "audit off, personal information read in bulk and uploaded, records destroyed",
            ),
            _short("illegal_operation"),
            _long(Wave("illegal_operation", 120, 90), Wave("illegal_operation", 900, 90)),
        ),
        DrillScenario(
            "uncontrolled_remote_maintenance",
            Term(
                "供应商无工单接入，登录工程师站，改写控制器程序",
                "a supplier without a work order reaches a station and rewrites controllers",
            ),
            _short("uncontrolled_remote_maintenance"),
            _long(
                Wave("uncontrolled_remote_maintenance", 120, 90),
                Wave("uncontrolled_remote_maintenance", 780, 90),
            ),
        ),
        DrillScenario(
            "provincial_campaign",
            Term(
                "同一攻击者从同一地址在多省利用同一漏洞",
                "one attacker exploits the same flaw from one address in several provinces",
            ),
            _short("vulnerability_backdoor"),
            _long(
                Wave("vulnerability_backdoor", 90, 240), Wave("vulnerability_backdoor", 840, 240)
            ),
            campaign="vulnerability_backdoor",
        ),
        DrillScenario(
            "supply_chain_update",
            Term(
                "业务软件更新程序下发恶意程序，窃取凭据并建立隧道",
                "the updater of a business software brings an implant, credentials, a tunnel",
            ),
            _short("supply_chain_update"),
            _long(Wave("supply_chain_update", 120, 60), Wave("supply_chain_update", 780, 60)),
        ),
    )
}
"""Every scenario by its key, ransomware first, as the plan names it."""
