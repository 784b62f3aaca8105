"""Whom a detection is attributed to, as far as it names anyone.

Rule 1. A detection that names one host, and beside it only the machine's own accounts and
        programs, is more often than not the machine's own operation: an agent's script, a task
        that the system registers, a domain controller's own PowerShell.
Rule 2. One that names nothing beside its host may be anybody's; so may one whose program is an
        interpreter, where no account is named.
Rule 3. Any other account, address, domain, data set, program of its own or second host is
        someone's doing.
"""

from collections.abc import Iterable

from pipeline.incidents.linking_keys import is_machine_account, linking_key, own_keys
from pipeline.incidents.state import Attribution
from schemas.detection import Entity

ATTRIBUTING = ("address:", "domain:", "data:", "process:", "hash:")
"""Kinds of which one tells whose doing it was, beside accounts. A file that a program
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
    }
)
"""Programs of the system that do what they are told: where no account is named, they do not
speak for the machine."""


def attribution_of(entities: Iterable[Entity], shared: frozenset[str]) -> Attribution:
    """Whom a detection is attributed to."""
    keyed = [(entity, linking_key(entity, shared)) for entity in entities]
    hosts = {key or entity.value for entity, key in keyed if entity.kind == "host"}
    if len(hosts) != 1 or any(key.startswith(ATTRIBUTING) for key in own_keys(keyed)):
        return "named"
    accounts = [entity.value for entity, _ in keyed if entity.kind == "account"]
    if accounts:
        return "machine" if all(map(is_machine_account, accounts)) else "named"
    programs = [one.value for one, _ in keyed if one.kind == "process" and one.role == "tool"]
    return "unknown" if all(map(_is_interpreter, programs)) else "machine"


def _is_interpreter(path: str) -> bool:
    return path.replace("\\", "/").rpartition("/")[2] in INTERPRETERS
