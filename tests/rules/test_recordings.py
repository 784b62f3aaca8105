"""On real recordings of attacks, the serious rules speak of the attack or not at all."""

from pathlib import Path

import pytest

from pipeline.files.recordings import open_recording
from pipeline.intake.faults import EventFault
from pipeline.intake.formats.table import read_fields
from tests.rules.house_rules import house_rules

RECORDINGS = Path(__file__).parents[3] / "shared" / "corpora" / "otrf"
ATTACKS = {
    "aadinternals_export_adfsdatabaseconfig_remotely.zip": {"win_adfs_configuration_read"},
    "metasploit_logonpasswords_lsass_memory_dump_zeek_logs.zip": {
        "zeek_program_downloaded_from_bare_address"
    },
    "metasploit_logonpasswords_lsass_memory_dump.zip": {"win_lsass_opened_from_writable_folder"},
}
"""What may fire where: the export, and the dropped payload that reads LSASS, are what the
recordings are about."""

pytestmark = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="../shared/corpora/otrf is not there"
)


@pytest.mark.parametrize("path", sorted(RECORDINGS.glob("*.zip")), ids=lambda path: path.stem)
def test_serious_rules_keep_quiet_outside_the_attack(path: Path) -> None:
    rules = house_rules()
    fired: set[str] = set()
    for recording in open_recording(path):
        try:
            fields = read_fields("zeek" if "zeek" in path.name else "windows", recording.raw)
        except EventFault:
            continue
        fired.update(
            rule.head.name
            for rule in rules.matches(fields, recording.raw)
            if rule.head.level in ("high", "critical")
        )
    assert fired == ATTACKS.get(path.name, set())
