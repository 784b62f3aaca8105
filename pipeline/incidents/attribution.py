"""Whom a detection is attributed to, as far as it names anyone.

Rule 1. A detection that names one host, and beside it only the machine's own accounts and
        programs, is more often than not the machine's own operation: an agent's script, a task
        that the system registers, a domain controller's own PowerShell.
Rule 2. One that names nothing beside its host may be anybody's; so may one whose program does
        what it is told (an interpreter, a tool of administration, a program of the desktop),
        where no account is named.
Rule 2a. An interpreter under a service's account (LOCAL SERVICE, IUSR …) is not Windows at work
        but whatever runs there, a web server say: it may be anybody's. SYSTEM, under which agents
        and the system run their scripts, says nothing of the kind.
Rule 3. Any other account, address, domain, data set, program of its own or second host is
        someone's doing.
"""

from collections.abc import Iterable

from pipeline.incidents.linking_keys import is_machine_account, linking_key, own_keys
from pipeline.incidents.state import Attribution
from schemas.detection import Entity

ATTRIBUTING = ("address:", "domain:", "data:", "process:", "hash:")
"""Kinds to which a deed can be attributed, beside accounts. A file that a program
wrote does not: the machine's own programs write everywhere."""

INTERPRETERS = frozenset(
    {
        "powershell.exe",
        "powershell_ise.exe",
        "pwsh.exe",
        "cmd.exe",
        "cscript.exe",
        "wscript.exe",
        "mshta.exe",
        "rundll32.exe",
        "regsvr32.exe",
        "reg.exe",
        "net.exe",
        "net1.exe",
        "sc.exe",
        "schtasks.exe",
        "wmic.exe",
        "msbuild.exe",
        "installutil.exe",
        "regasm.exe",
        "regsvcs.exe",
        "cmstp.exe",
        "forfiles.exe",
        "winrs.exe",
        "wsmprovhost.exe",
        "bash.exe",
        "wsl.exe",
    }
)
"""Programs of the system that run what they are given."""
OPERATED = frozenset(
    {
        "taskmgr.exe",
        "explorer.exe",
        "mmc.exe",
        "regedit.exe",
        "notepad.exe",
        "certutil.exe",
        "bitsadmin.exe",
        "curl.exe",
        "ftp.exe",
        "ntdsutil.exe",
        "esentutl.exe",
        "diskshadow.exe",
        "vssadmin.exe",
        "wbadmin.exe",
        "bcdedit.exe",
        "wevtutil.exe",
        "auditpol.exe",
        "netsh.exe",
        "at.exe",
        "makecab.exe",
        "expand.exe",
    }
)
"""Programs of the system that somebody works with: at the desktop, or at a prompt."""
SERVICE_ACCOUNTS = frozenset(
    {
        "local service",
        "localservice",
        "network service",
        "networkservice",
        "iusr",
        "s-1-5-19",
        "s-1-5-20",
    }
)
"""Under which services run that need no rights of the system's."""


def attribution_of(entities: Iterable[Entity], shared: frozenset[str]) -> Attribution:
    """Whom a detection is attributed to."""
    keyed = [(entity, linking_key(entity, shared)) for entity in entities]
    hosts = {key or entity.value for entity, key in keyed if entity.kind == "host"}
    if len(hosts) != 1 or any(key.startswith(ATTRIBUTING) for key in own_keys(keyed)):
        return "named"
    accounts = [entity.value for entity, _ in keyed if entity.kind == "account"]
    tools = [one.value for one, _ in keyed if one.kind == "process" and one.role == "tool"]
    programs = {path.replace("\\", "/").rpartition("/")[2] for path in tools}
    if not accounts:
        return "unknown" if programs <= INTERPRETERS | OPERATED else "machine"
    if not all(map(is_machine_account, accounts)):
        return "named"
    is_given = bool(programs) and programs <= INTERPRETERS
    return "unknown" if is_given and all(map(_is_service_account, accounts)) else "machine"


def _is_service_account(value: str) -> bool:
    return value.rsplit("\\", 1)[-1] in SERVICE_ACCOUNTS
