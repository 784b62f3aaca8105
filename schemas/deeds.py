"""Deeds: what was done to what, as ATT&CK techniques show it, and what each leads to.

One row a deed: the techniques that show it, the scenario that it leads to, how much it says of
that scenario, and the words of title and first sentence. A technique in several rows is read
as the first of them whose conditions hold; what no row names is read as its parent technique.
A row without words is told by the title of its rule.

Techniques: ATT&CK Enterprise 19 and, beside them, the numbers that older rules still carry
(T1562 became T1685, T1686 and T1690); ATT&CK for ICS.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

import msgspec

from schemas.scenarios import SCENARIOS

Remote: TypeAlias = Literal["", "case", "rule"]
"""Whether something came from another host: nothing shows it, the case does, or the rule's own
detections do."""
Weight: TypeAlias = Literal[0, 1, 2, 4]
"""4 is the deed itself, 2 likely it, 1 a hint; 0 leads nowhere by itself."""


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """One deed.

    `needs`: only where the case, or the rule's own detections, show that it came from another
    host. `categories`: only on log sources of these categories. `is_grave`: opens a case whoever
    did it.
    on what an attacker comes for, so that it weighs more when it is done again and again.
    `is_upkeep`: what whoever records or tidies up does too; it does not lead a case with other
    deeds. `is_remote`: the words say where it came from. `is_initiators`: the host is the one that
    began it. `zh` and `en` have `{host}`, and `{object}` if it is not just added; `object` says
    which entities it may be (`kind:role`), or `summary` for the quoted fact.
    """

    key: str
    scenario: str
    weight: Weight
    techniques: tuple[str, ...]
    en: str = ""
    zh: str = ""
    object: tuple[str, ...] = ()
    needs: Remote = ""
    categories: tuple[str, ...] = ()
    is_grave: bool = False
    is_sensitive: bool = False
    is_upkeep: bool = False
    is_remote: bool = False
    is_initiators: bool = False

    @property
    def does_harm(self) -> bool:
        """Whether it is harm, and more than a hint of it."""
        return self.weight > 1 and SCENARIOS[self.scenario].standing == "harm"


FACT = ("summary",)
FILE = ("file:target", "summary")
PEER = ("domain:target", "address:target")


def _deed(
    key: str,
    scenario: str,
    weight: Weight,
    techniques: str,
    words: tuple[str, str] = ("", ""),
    object: tuple[str, ...] = (),
    categories: tuple[str, ...] = (),
    needs: Remote = "",
    flags: str = "",
) -> Deed:
    return Deed(
        key=key,
        scenario=scenario,
        weight=weight,
        techniques=tuple(map(_tag, techniques.split())),
        en=words[0],
        zh=words[1],
        object=object,
        needs=needs,
        categories=categories,
        is_grave="grave" in flags,
        is_sensitive="sensitive" in flags,
        is_upkeep="upkeep" in flags,
        is_remote=bool(needs) or "remote" in flags,
        is_initiators="initiator" in flags,
    )


def _tag(name: str) -> str:
    """A technique or tactic of ATT&CK; after a full stop, a tag of another namespace."""
    return name[1:] if name.startswith(".") else f"attack.{name}"


DEEDS: tuple[Deed, ...] = (
    # ransomware
    _deed("encryption", "ransomware", 4, "t1486",
          ("Files on {host} encrypted", "加密 {host} 上的文件"), FILE),
    _deed("ransomware_named", "ransomware", 2, ".detection.ransomware"),
    _deed("snapshot_library_loaded", "other", 0, "t1490", categories=("image_load",)),
    _deed("recovery_destroyed", "ransomware", 4, "t1490",
          ("Recovery of {host} (shadow copies, backups) destroyed or disabled",
           "破坏或禁用 {host} 的恢复手段（卷影副本、备份）"), FACT),
    # industrial control
    _deed("program_downloaded", "industrial_control", 4, "t0843 t0889 t0821",
          ("Program of controller {host} changed", "更改控制器 {host} 的程序"), flags="remote"),
    _deed("program_uploaded", "industrial_control", 2, "t0845",
          ("Program of controller {host} read", "读取控制器 {host} 的程序"), flags="remote"),
    _deed("controller_stopped", "industrial_control", 4, "t0858 t0816 t0814 t0809 t0813 t0881",
          ("Controller or station {host} stopped or restarted", "停止或重启控制器或站点 {host}"),
          flags="remote"),
    _deed("control_command", "industrial_control", 4, "t0855 t0831 t0836 t0835 t0806 t0838 t0856",
          ("Control commands sent to {host}", "向 {host} 下发控制命令"), flags="remote"),
    _deed("control_impaired", "industrial_control", 2,
          "t0803 t0804 t0815 t0826 t0827 t0828 t0857 t0868 t0878 t0879 t0880 t0882 "
          "inhibit-response-function impair-process-control"),
    # data
    _deed("data_destroyed", "data_destruction", 2, "t1485 t1561",
          ("Data on {host} destroyed", "破坏 {host} 上的数据"), FILE),
    _deed("data_taken", "data_theft", 2, "t1041 t1048 t1567 t1020 t1537 t1011 t1029 t1030",
          ("Data sent out of {host}", "从 {host} 向外传出数据"), (*FACT, *PEER),
          flags="initiator"),
    _deed("data_on_medium", "data_leak", 2, "t1052",
          ("Data of {host} copied to a removable medium", "将 {host} 的数据复制到移动介质"), FILE),
    _deed("mail_or_repository_read", "data_theft", 1, "t1114 t1213"),
    _deed("recorded", "data_theft", 2, "t1123 t1125",
          ("Microphone or camera of {host} recorded", "录取 {host} 的麦克风或摄像头"), FACT),
    _deed("wallpaper", "data_tampering", 1, "t1491.001"),
    _deed("data_tampered", "data_tampering", 2, "t1565 t1491",
          ("Data or pages of {host} altered", "篡改 {host} 的数据或页面"), FACT),
    _deed("flood", "denial_of_service", 4, "t1498 t1499",
          ("Service of {host} flooded", "对 {host} 发起拒绝服务攻击"), flags="remote"),
    _deed("shut_down", "denial_of_service", 1, "t1529"),
    _deed("account_removed", "denial_of_service", 1, "t1531"),
    # remote maintenance
    _deed("remote_access_tool", "uncontrolled_remote_maintenance", 2, "t1219",
          ("Remote-access tool run on {host}", "在 {host} 上运行远程控制工具"), FACT),
    _deed("remote_maintenance", "uncontrolled_remote_maintenance", 4, "t0822 t0886",
          ("Remote maintenance reached {host}", "远程运维接入 {host}"), flags="remote"),
    _deed("external_access", "uncontrolled_remote_maintenance", 1, "t1133", needs="rule"),
    _deed("external_access_unseen", "other", 0, "t1133"),
    # vulnerabilities
    _deed("web_shell", "vulnerability_backdoor", 4, "t1505.003",
          ("Web shell or web server's shell on {host}", "{host} 上的网页后门或 Web 服务命令执行"),
          FACT, flags="grave"),
    _deed("server_component", "vulnerability_backdoor", 2, "t1505"),
    _deed("exploit_from_afar", "vulnerability_backdoor", 2, "t1190 t1210 t0819 t0866",
          ("Vulnerability of {host} exploited", "利用 {host} 的漏洞"), FACT, flags="remote"),
    _deed("exploit", "vulnerability_backdoor", 2, "t1203 t1068 t1212 t1211 t0890",
          ("Vulnerability exploited on {host}", "在 {host} 上利用漏洞"), FACT),
    _deed("supply_chain", "vulnerability_backdoor", 2, "t1195"),
    # credentials
    _deed("directory_replicated", "credential_theft", 4, "t1003.006",
          ("Domain secrets replicated from {host} (DCSync)", "从 {host} 复制域机密（DCSync）"),
          flags="sensitive grave"),
    _deed("lsass_dumped", "credential_theft", 4, "t1003.001",
          ("LSASS memory of {host} written to a file", "将 {host} 的 LSASS 内存转储为文件"), FILE,
          categories=("file_event",), flags="sensitive"),
    _deed("lsass_read", "credential_theft", 4, "t1003.001",
          ("LSASS memory of {host} read", "读取 {host} 的 LSASS 内存"), flags="sensitive"),
    _deed("domain_database_copied", "credential_theft", 4, "t1003.003",
          ("Domain database (NTDS.dit) of {host} copied", "复制 {host} 的域数据库 NTDS.dit"),
          FACT, flags="sensitive grave"),
    _deed("sam_read", "credential_theft", 4, "t1003.002 t1003.004",
          ("SAM or LSA secrets of {host} taken", "导出 {host} 的 SAM 或 LSA 机密"), FACT,
          flags="sensitive"),
    _deed("credentials_dumped", "credential_theft", 4, "t1003",
          ("Credentials dumped on {host}", "转储 {host} 上的凭据"), FACT, flags="sensitive"),
    _deed("tickets_roasted", "credential_theft", 4, "t1558.003 t1558.004",
          ("Kerberos tickets requested for cracking (roasting), seen on {host}",
           "为破解请求 Kerberos 票据（Roasting），见于 {host}"), ("account:target",)),
    _deed("tickets_forged", "credential_theft", 2, "t1558",
          ("Kerberos tickets stolen or forged, seen on {host}",
           "窃取或伪造 Kerberos 票据，见于 {host}")),
    _deed("passwords_guessed", "credential_theft", 2, "t1110",
          ("Passwords guessed on {host}", "猜解 {host} 的口令"), ("account:target",),
          flags="remote"),
    _deed("browser_secrets", "credential_theft", 2, "t1555.003 t1539",
          ("Browser passwords or cookies of {host} read", "读取 {host} 的浏览器口令或 Cookie"),
          FILE),
    _deed("password_store", "credential_theft", 2, "t1555",
          ("Password store of {host} read", "读取 {host} 的凭据保管库"), FACT, flags="sensitive"),
    _deed("password_files", "credential_theft", 1, "t1552"),
    _deed("credential_prompt", "credential_theft", 2, "t1056.002",
          ("Password prompted for on {host}", "在 {host} 上弹窗骗取口令"), FACT),
    _deed("input_captured", "credential_theft", 2, "t1056",
          ("Keyboard input on {host} captured", "记录 {host} 的键盘输入"), FACT),
    _deed("authentication_relayed", "credential_theft", 2, "t1187 t1557",
          ("Authentication forced or relayed, seen on {host}", "强制或中继认证，见于 {host}")),
    _deed("authentication_changed", "credential_theft", 2, "t1556",
          ("Authentication of {host} tampered with", "篡改 {host} 的认证机制"), FACT),
    _deed("tokens_or_certificates", "credential_theft", 2, "t1649 t1528 t1606"),
    _deed("credential_access", "credential_theft", 1, "credential-access"),
    # lateral movement
    _deed("hash_passed", "lateral_movement", 4, "t1550.002",
          ("Logon to {host} with a stolen hash (pass the hash)", "以窃得的哈希登录 {host}"),
          flags="remote"),
    _deed("stolen_material_used", "lateral_movement", 2, "t1550"),
    _deed("remote_powershell_connection", "lateral_movement", 4, "t1021.006",
          ("Remote PowerShell (WinRM) connection to {object}, seen on {host}",
           "向 {object} 发起远程 PowerShell（WinRM）连接，见于 {host}"), PEER,
          categories=("network_connection",), flags="remote"),
    _deed("remote_powershell", "lateral_movement", 4, "t1021.006",
          ("Remote PowerShell (WinRM) session on {host}",
           "在 {host} 上执行远程 PowerShell（WinRM）会话"), FACT, flags="remote"),
    _deed("program_from_afar", "lateral_movement", 4, "t1021.003",
          ("Program started on {host} from another host (DCOM or WMI)",
           "从其他主机在 {host} 上启动程序（DCOM 或 WMI）"), FACT, flags="remote"),
    _deed("remote_desktop", "lateral_movement", 2, "t1021.001", flags="remote"),
    _deed("service_from_afar", "lateral_movement", 4, "t1569.002",
          ("Service installed or controlled on {host} from another host",
           "从其他主机在 {host} 上安装或操作服务"), FACT, needs="case"),
    _deed("service_installed_from_afar", "lateral_movement", 4, "t1543.003",
          ("Service installed on {host} from another host", "从其他主机在 {host} 上安装服务"),
          FACT, needs="rule"),
    _deed("task_from_afar", "lateral_movement", 4, "t1053.005",
          ("Scheduled task set up between hosts, seen on {host}",
           "跨主机创建或更改计划任务，见于 {host}"), FACT, needs="rule"),
    _deed("wmi_command_from_afar", "lateral_movement", 4, "t1047",
          ("Command run on another host through WMI, ordered on {host}",
           "从 {host} 经 WMI 在其他主机上执行命令"), FACT, categories=("process_creation",),
          needs="rule"),
    _deed("wmi_from_afar", "lateral_movement", 2, "t1047",
          ("Command run through WMI, seen on {host}", "经 WMI 执行命令，见于 {host}"), FACT,
          needs="case"),
    _deed("share_used", "lateral_movement", 2, "t1021.002",
          ("Share of {host} used from another host", "从其他主机访问 {host} 的共享"), FACT,
          needs="rule"),
    _deed("psexec_locally", "malware", 1, "t1021.002 t1569.002"),
    _deed("session", "lateral_movement", 2, "t1021 t1563"),
    _deed("tool_transferred", "lateral_movement", 2, "t1570 t1072",
          ("Tool copied between hosts, seen on {host}", "在主机间传送工具，见于 {host}"), FILE),
    _deed("lateral_movement", "lateral_movement", 1, "t1534 t1080 lateral-movement"),
    # people
    _deed("hardware_added", "illegal_operation", 2, "t1200 t1091",
          ("Removable device used on {host}", "在 {host} 上使用可移动设备"), FACT),
    _deed("default_account", "illegal_operation", 1, "t1078.001"),
    # privileges
    _deed("uac_bypassed", "privilege_escalation", 4, "t1548.002",
          ("User Account Control of {host} bypassed", "绕过 {host} 的用户账户控制"), FACT),
    _deed("elevated", "privilege_escalation", 2, "t1548"),
    _deed("token_taken", "privilege_escalation", 2, "t1134"),
    _deed("privilege_escalation", "privilege_escalation", 1, "privilege-escalation"),
    # persistence
    _deed("event_subscription", "persistence", 4, "t1546.003",
          ("WMI event subscription set up on {host}", "在 {host} 上建立 WMI 事件订阅"), FACT),
    _deed("logon_screen_backdoor", "persistence", 4, "t1546.008",
          ("Accessibility program of {host} replaced", "替换 {host} 的辅助功能程序"), FACT),
    _deed("event_triggered", "persistence", 1, "t1546"),
    _deed("scheduled_task", "persistence", 2, "t1053",
          ("Scheduled task created or changed on {host}", "在 {host} 上创建或更改计划任务"), FACT),
    _deed("service_installed", "persistence", 2, "t1543",
          ("Service installed or changed on {host}", "在 {host} 上安装或更改服务"), FACT),
    _deed("run_key", "persistence", 2, "t1547.001",
          ("Autostart entry set on {host}", "在 {host} 上设置自启动项"), FACT),
    _deed("autostart", "persistence", 2, "t1547 t1137 t1542 t1554"),
    _deed("account_created", "persistence", 2, "t1136",
          ("Account created on {host}", "在 {host} 上创建账户"), ("summary",)),
    _deed("account_changed", "persistence", 2, "t1098",
          ("Account or group of {host} changed", "更改 {host} 的账户或组"), ("summary",)),
    _deed("persistence", "persistence", 1, "t1574 persistence"),
    # defences
    _deed("log_cleared", "defense_impairment", 2, "t1685.005 t1070.001",
          ("Event log of {host} cleared", "清除 {host} 的事件日志"), flags="upkeep"),
    _deed("logging_off", "defense_impairment", 4, "t1685.001 t1685.002 t1690 t1562.002 t1562.003",
          ("Logging of {host} switched off", "关闭 {host} 的日志记录"), FACT),
    _deed("firewall_off", "defense_impairment", 2, "t1686 t1562.004",
          ("Firewall of {host} opened or switched off", "放开或关闭 {host} 的防火墙"), FACT),
    _deed("script_check_evaded", "defense_impairment", 1, "t1685 t1562.001",
          categories=("ps_script", "ps_module", "ps_classic_script", "ps_classic_start")),
    _deed("protection_off", "defense_impairment", 2, "t1685 t1562 t1689",
          ("Protection of {host} tampered with", "破坏 {host} 的安全防护"), FACT),
    _deed("traces_removed", "defense_impairment", 1, "t1070 t1112 t1489 t1553 defense-impairment"),
    # what any attack leaves behind
    _deed("scan", "reconnaissance", 2, "t1046 t1595",
          ("Hosts or ports scanned, seen on {host}", "扫描主机或端口，见于 {host}")),
    _deed("directory_enumerated", "reconnaissance", 2, "t1087 t1069 t1482",
          ("Accounts, groups or trusts enumerated from {host}", "从 {host} 枚举账户、组或信任关系"),
          FACT),
    _deed("reconnaissance", "reconnaissance", 1, "reconnaissance discovery"),
    _deed("attack_tool", "malware", 2, "t1587 t1588",
          ("Attack tool run on {host}", "在 {host} 上运行攻击工具"), FACT),
    _deed("mining", "malware", 2, "t1496",
          ("Mining on {host}", "在 {host} 上挖矿"), FACT),
    _deed("download", "malware", 1, "t1105 t1197",
          ("Program downloaded to {host}", "向 {host} 下载程序"), (*FACT, *PEER),
          flags="initiator"),
    _deed("injection", "malware", 1, "t1055"),
    _deed("execution", "malware", 1,
          "t1047 t1204 t1059 t1027 t1218 t1071 t1566 t1189 execution command-and-control stealth "
          "defense-evasion"),
    _deed("collected", "data_theft", 1, "collection exfiltration"),
    _deed("vulnerability_named", "vulnerability_backdoor", 1, ".cve"),
)  # fmt: skip
"""Of equal weight, the first leads. Harm first, what any attack leaves behind last."""

UNKNOWN = Deed(key="unknown", scenario="other", weight=0, techniques=())
"""What no row reads."""

_PLACE = {deed.key: place for place, deed in enumerate(DEEDS)}
_BY_TAG: dict[str, list[Deed]] = {}
for _row in DEEDS:
    for _technique in _row.techniques:
        _BY_TAG.setdefault(_technique, []).append(_row)


def deed_of(tags: Iterable[str], category: str = "", remote: Remote = "") -> Deed:
    """The first of `deeds_of`, or UNKNOWN."""
    return next(iter(deeds_of(tags, category, remote)), UNKNOWN)


def deeds_of(tags: Iterable[str], category: str = "", remote: Remote = "") -> list[Deed]:
    """What the tags of one rule say was done, the greatest weight first, then in table order.

    A technique says more than a tactic or a CVE: these count where no technique leads anywhere.
    A rule that names three or more sub-techniques of one technique says no more than that.
    """
    names = [tag.lower().replace("_", "-") for tag in tags]
    exact = [tag for tag in names if is_technique(tag)]
    parents = Counter(tag.rpartition(".")[0] for tag in exact)
    exact = [parent if parents[parent := tag.rpartition(".")[0]] > 2 else tag for tag in exact]
    for of_kind in (exact, names):
        rows = {row.key: row for tag in of_kind if (row := _row_of(tag, category, remote))}
        if rows:
            return sorted(rows.values(), key=lambda row: (-row.weight, _PLACE[row.key]))
    return []


def is_technique(tag: str) -> bool:
    """`attack.t1003.001`, and not a tactic, a group or another namespace."""
    return tag.startswith("attack.t") and tag[8:9].isdigit()


def _row_of(tag: str, category: str, remote: Remote) -> Deed | None:
    for name in _lineage(tag):
        for row in _BY_TAG.get(name, ()):
            is_there = not row.categories or category in row.categories
            if is_there and row.needs in ("", remote, remote and "case"):
                return row
    return None


def _lineage(tag: str) -> Iterator[str]:
    """`attack.t1003.001`, `attack.t1003`; `cve.2020-1472`, `cve`."""
    while tag:
        yield tag
        tag = tag.rpartition(".")[0]
