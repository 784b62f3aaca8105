"""The simulator's attacks are found by the rules, its ordinary traffic is left alone."""

from collections import defaultdict
from functools import cache

import pytest

from pipeline.files.rule_samples import START
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import make_registry
from pipeline.simulate.traffic import plan_attacks
from schemas.batch import BatchAccount
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.incident import Incident
from tests.rules.house_rules import house_rules
from tests.rules.simulated import decide_simulated

SEEDS = (1, 7, 2026)
ENTERPRISES = 60
SERIOUS = ("high", "critical")

TELLING = {
    "ransomware": {
        "win_wps_starts_interpreter",
        "win_lsass_opened_from_writable_folder",
        "win_service_with_random_binary",
        "win_chinese_security_product_stopped",
        "win_recovery_destroyed_by_several_means",
        "win_mass_encryption",
        "win_ransom_note",
        "zeek_mass_rename_on_share",
        "zeek_theft_before_encryption",
    },
    "vulnerability_backdoor": {
        "suricata_chinese_business_software_endpoint",
        "exploit_then_shell_on_same_server",
        "linux_script_page_written_by_server",
        "suricata_web_shell_session",
        "linux_shell_connects_outside",
        "linux_download_and_run_on_schedule",
        "linux_tunnel_tool",
        "linux_intranet_scanner",
        "linux_system_logs_destroyed",
    },
    "illegal_operation": {
        "db_audit_switched_off",
        "db_personal_information_read_in_bulk",
        "db_gigabyte_read_by_person",
        "db_read_then_upload",
        "db_short_lived_administrator",
        "db_audit_records_destroyed",
    },
    "uncontrolled_remote_maintenance": {
        "vpn_supplier_without_work_order",
        "unapproved_supplier_reaches_host",
        "win_remote_control_tool_on_station",
        "s7_controller_stopped",
        "s7_stopped_and_reprogrammed",
        "remote_session_then_program_change",
        "modbus_write_burst",
        "iec104_command_burst",
    },
}
"""The rules of level high or more that tell each story."""


@cache
def _decisions(seed: int) -> tuple[Decision, ...]:
    """Everything that the engine decides about a simulated period."""
    return decide_simulated(seed, ENTERPRISES, SimulationConfig(start=START))[1]


def _victims(seed: int) -> dict[str, str]:
    publishers = make_registry(seed, ENTERPRISES)
    attacks = plan_attacks(seed, SimulationConfig(start=START), publishers)
    return {attack.enterprise_id: attack.story for attack in attacks}


def _serious_rules(seed: int) -> dict[str, set[str]]:
    """Names of the rules of level high or more that fired, by enterprise."""
    rules = house_rules()
    names = {key: rule.head.name for key, rule in rules.rules.items()}
    names |= {each.head.rule_id: each.head.name for each in rules.correlations}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for each in _decisions(seed):
        if isinstance(each, Detection) and each.level in SERIOUS:
            found[each.enterprise_id].add(names[each.rule_id])
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_every_story_is_told_by_its_rules(seed: int) -> None:
    found = _serious_rules(seed)
    for enterprise_id, story in _victims(seed).items():
        assert TELLING[story] <= found[enterprise_id]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_rule_of_level_high_answers_to_ordinary_traffic(seed: int) -> None:
    victims = _victims(seed)
    assert {k: v for k, v in _serious_rules(seed).items() if k not in victims} == {}


@pytest.mark.parametrize("seed", SEEDS)
def test_each_attack_becomes_one_incident_and_nothing_else_does(seed: int) -> None:
    incidents = {i.incident_id: i for i in _decisions(seed) if isinstance(i, Incident)}
    live = [i.enterprise_id for i in incidents.values() if i.status != "superseded"]
    assert sorted(live) == sorted(_victims(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_simulated_event_is_stored_in_time(seed: int) -> None:
    accounts = [each for each in _decisions(seed) if isinstance(each, BatchAccount)]
    assert sum(each.events for each in accounts) == sum(each.stored for each in accounts) > 0
