"""Whose doing a detection speaks of."""

import pytest

from pipeline.incidents.evidence import attribution_of
from pipeline.incidents.state import Attribution
from tests.incidents.builders import entity

SVCHOST = "process:c:\\windows\\system32\\svchost.exe:tool"
POWERSHELL = "process:c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe:tool"
TASK_MANAGER = "process:c:\\windows\\system32\\taskmgr.exe:tool"
OWN = "process:c:\\users\\li\\tool.exe:tool"


@pytest.mark.parametrize(
    ("entities", "attribution"),
    [
        (("account:system", SVCHOST), "machine"),
        (("account:nt authority\\network service",), "machine"),
        (("account:ws1$", POWERSHELL), "machine"),
        ((SVCHOST,), "machine"),
        ((SVCHOST, "file:c:\\users\\li\\x.txt"), "machine"),
        ((SVCHOST, "hash:ab12"), "machine"),
        (("address:fe80::1", SVCHOST), "machine"),
        ((POWERSHELL,), "unknown"),
        ((TASK_MANAGER, "file:c:\\users\\li\\lsass.dmp:target"), "unknown"),
        ((TASK_MANAGER, SVCHOST), "machine"),
        (("account:nt authority\\local service", POWERSHELL), "unknown"),
        (("account:iusr", POWERSHELL), "unknown"),
        (("account:local service", SVCHOST), "machine"),
        (("account:local service", "account:system", POWERSHELL), "machine"),
        (("account:system", POWERSHELL), "machine"),
        ((), "unknown"),
        (("account:li", "account:ws1$"), "named"),
        (("account:root",), "named"),
        ((OWN,), "named"),
        (("account:system", OWN), "named"),
        (("address:10.0.0.7", SVCHOST), "named"),
        (("host:ws2:actor", "account:system"), "named"),
    ],
)
def test_what_a_detection_on_one_host_names(
    entities: tuple[str, ...], attribution: Attribution
) -> None:
    named = [entity("host:ws1.corp.example:target"), *map(entity, entities)]
    assert attribution_of(named, frozenset()) == attribution


def test_without_a_host_it_is_nobody_s_machine() -> None:
    assert attribution_of([entity("account:system")], frozenset()) == "named"


def test_a_host_in_both_spellings_is_one() -> None:
    both = [entity("host:ws1.corp.example:target"), entity("host:ws1:actor")]
    assert attribution_of([*both, entity("account:system")], frozenset()) == "machine"
