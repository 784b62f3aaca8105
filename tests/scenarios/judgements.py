"""What a person who read each page thinks of it."""

from typing import Literal, TypeAlias

import msgspec

Verdict: TypeAlias = Literal["one", "wrong", "noisy", "beside", "missed", "quiet", "unjudged"]
"""`one`: one coherent incident for the attack. `wrong`: one incident for it, but its scenario,
title or host is not what was done. `noisy`: the same as `one`, with much beside the attack
in it. `beside`: the attack, and another incident that is not it. `missed`: what it opens, if
anything, is not the attack. `quiet`: nothing opened, rightly."""


class Judgement(msgspec.Struct, frozen=True):
    """The verdict, and why, in a sentence or two."""

    verdict: Verdict
    reason: str


JUDGEMENTS: dict[str, Judgement] = {
    "aadinternals_export_adfsdatabaseconfig_remotely": Judgement(
        "one",
        "The export is one case, by a rule of our own: SigmaHQ has none for it. The "
        "caller stands in the event's text only, so neither account nor source is named.",
    ),
    "covenant_com_wsman_automation": Judgement(
        "one",
        "WinRM from workstation5 into workstation6 under pgustavo, with both ends of the "
        "connection in one case.",
    ),
    "covenant_copy_smb_CreateRequest": Judgement(
        "one",
        "The copy to the admin share is seen on the target with the source's address and "
        "the account: thin, but it is the attack and nothing else.",
    ),
    "covenant_dcom_executeexcel4macro_allowed": Judgement(
        "one",
        "Excel started over DCOM on workstation6 in a session from workstation5: the "
        "session ties both, Excel's own connections and registry entries go with it.",
    ),
    "covenant_dcom_executeexcel4macro_blocked": Judgement(
        "quiet",
        "The attack was blocked; only logoffs matched, and they stay context.",
    ),
    "covenant_dcom_iertutil_dll_hijack": Judgement(
        "noisy",
        "From the share over DCOM to the hijacked library: one coherent case of lateral "
        "movement. The first logon of a user on workstation5 (browser backup, wallpaper) "
        "is in it, 8 of 19 detections, because the attack came from that host in the same "
        "minute; one of its lines is of level high.",
    ),
    "covenant_dcom_registerxll": Judgement(
        "one",
        "Excel started over DCOM in a session from workstation5, and its connection, are "
        "one case of lateral movement. The domain controller's own PowerShell stays "
        "context.",
    ),
    "covenant_psremoting_command": Judgement(
        "one",
        "WinRM from workstation5 into workstation6, both ends in one case. The remote "
        "session's host process opened every other process, LSASS among them: 232 of the "
        "253 detections are of these openings.",
    ),
    "covenant_psremoting_grunt": Judgement(
        "one",
        "WinRM between two hosts, the encoded launcher and its connections back in one "
        "case; the domain controller's noise stays context.",
    ),
    "covenant_sc_query_dcerpc_smb_svcctl": Judgement(
        "quiet",
        "A service was only queried: one detection of level low, kept as context.",
    ),
    "covenant_sharpsc_create_dcerpc_smb_svcctl": Judgement(
        "one",
        "The service that was created from workstation5: account, source and target in "
        "one case, by the session that a rule of our own follows. Logoffs and task "
        "registrations stay context.",
    ),
    "covenant_sharpsc_query_dcerpc_smb_svcctl": Judgement(
        "quiet",
        "A service was only queried; logoffs and task registrations stay context.",
    ),
    "covenant_sharpsc_start_dcerpc_smb_svcctl": Judgement(
        "one",
        "The service start from workstation5, by a rule of our own. PowerShell that WMI "
        "runs on the domain controller (169 detections, the same in three other "
        "recordings) stays context.",
    ),
    "covenant_sharpsc_stop_dcerpc_smb_svcctl": Judgement(
        "one",
        "The service stop from workstation5, by a rule of our own. The domain "
        "controller's own upkeep (a system shell, an access to LSASS) stays context.",
    ),
    "covenant_sharpwmi_create_dcerpc_wmi": Judgement(
        "one",
        "The process that WMI started on workstation6 in a session from workstation5, and "
        "its launcher: one case of lateral movement.",
    ),
    "covenant_wmi_remote_event_subscription_ActiveScriptEventConsumers": Judgement(
        "one",
        "The subscription, the consumer and the script engine that it loaded are one case "
        "of persistence, opened by accumulated risk alone.",
    ),
    "covenant_wmi_wbemcomn_dll_hijack": Judgement(
        "one",
        "The attack from workstation5 on workstation6 is one coherent case. The domain "
        "controller's own PowerShell and guest agent, in the same minute, stay context.",
    ),
    "empire_dcom_shellwindows_stager": Judgement(
        "wrong",
        "The stager on workstation6 and the connection from workstation5 are one case, told "
        "by its launcher; but no rule names the movement over DCOM, so it is called malware "
        "and not lateral movement. The logon of a user on workstation6 at the same time "
        "(wallpaper, Teams, an agent) is in it, behind the attack.",
    ),
    "empire_msbuild_dcerpc_wmi_smb": Judgement(
        "one",
        "Copy to the share, WMI, MSBuild and the agent's connection: one case over both hosts.",
    ),
    "empire_psexec_dcerpc_tcp_svcctl": Judgement(
        "one",
        "The service, its encoded PowerShell and the connection back: one case over both hosts.",
    ),
    "empire_psremoting_stager": Judgement(
        "one",
        "WinRM into workstation6 and the stager there: one case over both hosts.",
    ),
    "empire_shell_dcerpc_smb_service_dll_hijack": Judgement(
        "one",
        "The copied library, the service that was stopped and started from workstation5, "
        "and what it loaded are one case. The domain controller's own PowerShell stays "
        "context.",
    ),
    "empire_smbexec_dcerpc_smb_svcctl": Judgement(
        "one",
        "The service, its encoded PowerShell and the connection back: one case; the "
        "domain controller is in it for the logons.",
    ),
    "empire_wmi_dcerpc_wmi_IWbemServices_ExecMethod": Judgement(
        "one",
        "WMI started the stager on workstation6; both hosts are in one case, and the "
        "domain controller's own PowerShell stays context.",
    ),
    "empire_wmic_add_user_backdoor": Judgement(
        "one",
        "The remote WMIC call, the process that it started and the account that it added "
        "are one case, with the password in the command line for all to see. Task "
        "registrations stay context.",
    ),
    "metasploit_logonpasswords_lsass_memory_dump": Judgement(
        "one",
        "From the download over the service to LSASS: one long case on one host, told by "
        "the payload that read LSASS and who ran it. What the sensor and the trace of the "
        "recorder did is filtered; the log that the recorder cleared stands last.",
    ),
    "metasploit_logonpasswords_lsass_memory_dump_zeek_logs": Judgement(
        "one",
        "The network's side of the same attack: the payload on its way to the host that "
        "fetched it, by a rule of our own. The connection back on another port is not told "
        "from any other.",
    ),
    "mimikatz_CVE-2020-1472_Unauthenticated_NetrServerAuthenticate2": Judgement(
        "wrong",
        "Mimikatz on workstation5 is one case, its command quoted in the title; but what it "
        "did is to exploit the domain controller, and no rule saw that: it is told as "
        "credentials dumped on workstation5.",
    ),
    "purplesharp_ad_playbook_I": Judgement(
        "noisy",
        "Spraying, roasting, shares and WinRM over four hosts are one case, as the "
        "playbook was one. Registry settings and the domain controller's own PowerShell "
        "make up most of its count.",
    ),
    "schtask_create": Judgement(
        "one",
        "The task with system rights, ordered on workstation5 and registered on "
        "workstation6, is one case of movement between the two, with its command in the "
        "title.",
    ),
    "schtask_modification": Judgement(
        "one",
        "The task that was changed from workstation5, by a rule of our own, and "
        "PowerShell's connections there and to an address outside: one case.",
    ),
}
