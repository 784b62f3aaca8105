"""What a person who read each page thinks of it."""

from typing import Literal, TypeAlias

import msgspec

Verdict: TypeAlias = Literal["one", "noisy", "beside", "missed", "quiet", "unjudged"]
"""`one`: one coherent incident for the attack. `noisy`: the same, with much beside the attack
in it. `beside`: the attack, and another incident that is not it. `missed`: what it opens, if
anything, is not the attack. `quiet`: nothing opened, rightly."""


class Judgement(msgspec.Struct, frozen=True):
    """The verdict, and why, in a sentence or two."""

    verdict: Verdict
    reason: str


JUDGEMENTS: dict[str, Judgement] = {
    "aadinternals_export_adfsdatabaseconfig_remotely": Judgement(
        "missed",
        "No rule of the set matches the export of the AD FS configuration, so nothing opens.",
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
        "noisy",
        "Excel started over DCOM on workstation6 opens it by accumulated risk. Registry "
        "entries of Office's first start are in it too, and the scenario (vulnerability "
        "or backdoor) misses the lateral movement, of which no rule speaks.",
    ),
    "covenant_dcom_executeexcel4macro_blocked": Judgement(
        "quiet",
        "The attack was blocked; only logoffs matched, and they stay context.",
    ),
    "covenant_dcom_iertutil_dll_hijack": Judgement(
        "beside",
        "The attack on workstation6 is one coherent case from the share to the hijacked "
        "library. The other, of level high, is a user's first logon on workstation5 "
        "(browser backup, wallpaper): one rule's false alarm. The two share nothing but "
        "the address that workstation5 had, and joining them would only put the false "
        "alarm into the case.",
    ),
    "covenant_dcom_registerxll": Judgement(
        "one",
        "Excel started over DCOM and the add-in that it loaded are one case, opened by "
        "accumulated risk. The domain controller's own PowerShell stays context. As "
        "above, no rule names the lateral movement.",
    ),
    "covenant_psremoting_command": Judgement(
        "one",
        "WinRM from workstation5 into workstation6, both ends in one case. It is called "
        "credential theft because the remote session's host process opened LSASS among "
        "all other processes: graver than what was done.",
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
        "missed",
        "A service was created from afar and no rule saw it; logoffs and task "
        "registrations stay context.",
    ),
    "covenant_sharpsc_query_dcerpc_smb_svcctl": Judgement(
        "quiet",
        "A service was only queried; logoffs and task registrations stay context.",
    ),
    "covenant_sharpsc_start_dcerpc_smb_svcctl": Judgement(
        "missed",
        "No rule saw the service start on workstation6. What opens, by accumulated risk, "
        "is PowerShell that WMI runs on the domain controller: it recurs with the same "
        "169 detections in three other recordings, and a site would tune it away.",
    ),
    "covenant_sharpsc_stop_dcerpc_smb_svcctl": Judgement(
        "missed",
        "No rule saw the service stop on workstation6. What opens, by accumulated risk, "
        "are a system shell and an access to LSASS on the domain controller that belong "
        "to its own upkeep.",
    ),
    "covenant_sharpwmi_create_dcerpc_wmi": Judgement(
        "one",
        "The process that WMI started on workstation6 and its launcher: one case. No rule "
        "saw the calling side, so it is called malware and not lateral movement.",
    ),
    "covenant_wmi_remote_event_subscription_ActiveScriptEventConsumers": Judgement(
        "one",
        "The subscription, the consumer and the script engine that it loaded are one case "
        "of persistence, opened by accumulated risk alone.",
    ),
    "covenant_wmi_wbemcomn_dll_hijack": Judgement(
        "beside",
        "The attack from workstation5 on workstation6 is one coherent case. The other, of "
        "level medium, is the domain controller's own PowerShell and guest agent, in the "
        "same minute but with no entity in common: rightly not joined, and a site would "
        "tune it away.",
    ),
    "empire_dcom_shellwindows_stager": Judgement(
        "noisy",
        "The stager on workstation6 and the connection from workstation5 are one case. A "
        "logon on workstation6 at the same time (task registrations, wallpaper) is in it, "
        "because it is the same host within minutes.",
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
        "noisy",
        "The copied library and the service that loads it are one case. The domain "
        "controller's own PowerShell is joined to it, 169 of 243 detections: registering "
        "the controller as a shared entity keeps it apart.",
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
        "noisy",
        "The remote WMIC call and the account that it added are one case, opened by "
        "accumulated risk. Two thirds of its detections are task registrations on the "
        "same hosts.",
    ),
    "metasploit_logonpasswords_lsass_memory_dump": Judgement(
        "one",
        "From the download over the service and the dumped hives to the cleared log: one "
        "long case on one host. What the recorder itself did (98 blocked deletions) is in "
        "it.",
    ),
    "metasploit_logonpasswords_lsass_memory_dump_zeek_logs": Judgement(
        "missed",
        "The network's side of the same attack: no rule of the set matches these Zeek logs.",
    ),
    "mimikatz_CVE-2020-1472_Unauthenticated_NetrServerAuthenticate2": Judgement(
        "one",
        "Mimikatz on workstation5 is one case. No rule saw the domain controller's side, "
        "so it is not named.",
    ),
    "purplesharp_ad_playbook_I": Judgement(
        "noisy",
        "Spraying, roasting, shares and WinRM over four hosts are one case, as the "
        "playbook was one. Registry settings and the domain controller's own PowerShell "
        "make up most of its count.",
    ),
    "schtask_create": Judgement(
        "noisy",
        "The task with system rights is one case with its creation. The gravest line is a "
        "monitoring agent's script run by the system, which is not the attack.",
    ),
    "schtask_modification": Judgement(
        "noisy",
        "Opened by a monitoring agent's script and not by the changed task, which only "
        "low rules saw; the task and PowerShell's connections are pulled into it. The "
        "scenario (credential theft) is wrong.",
    ),
}
