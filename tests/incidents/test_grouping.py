"""What glues, what does not, and when two incidents become one."""

import pytest

from pipeline.incidents.linking_keys import linking_key, normal_form, shared_names
from schemas.ids import content_id
from tests.incidents.builders import ENTERPRISE, Desk, detection, entity, withdrawn

SHARED = shared_names(ENTERPRISE.shared_entities)


@pytest.mark.parametrize(
    "text",
    [
        "account:system",
        "account:nt authority\\local service",
        "account:network service",
        "account:ws5$",
        "account:anonymous logon",
        "account:dwm-3",
        "account:s-1-5-18",
        "address:127.0.0.1",
        "address:127.8.9.1",
        "address:169.254.3.4",
        "address:fe80::1%5",
        "address:224.0.0.252",
        "address:ff02::1",
        "address:255.255.255.255",
        "address:0.0.0.0",
        "address:::",
        "address:::ffff:127.0.0.1",
        "address:10.9.9.9",
        "host:localhost",
        "host:dc01.corp.example",
        "host:dc01",
        "host:10.9.9.9",
        "process:c:\\windows\\system32\\svchost.exe",
        "process:powershell.exe",
        "process:/usr/bin/bash",
        "file:c:\\program files\\tool\\tool.ini",
        "hash:d41d8cd98f00b204e9800998ecf8427e",
        "hash:00000000000000000000000000000000",
        "domain:time.windows.com",
        "domain:ws5.corp.local",
        "domain:wpad",
    ],
)
def test_what_everyone_shares_does_not_glue(text: str) -> None:
    assert linking_key(entity(text), SHARED) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("host:workstation5.theshire.local", "host:workstation5"),
        ("account:theshire\\li", "account:li@theshire.local"),
        ("address:::ffff:10.0.0.7", "address:10.0.0.7"),
        ("host:10.0.0.7", "address:10.0.0.7"),
        ("domain:c2.example.org.", "domain:c2.example.org"),
    ],
)
def test_spellings_of_one_thing_glue(one: str, other: str) -> None:
    assert linking_key(entity(one), SHARED) == linking_key(entity(other), SHARED) != ""


@pytest.mark.parametrize(
    "text",
    [
        "process:c:\\users\\li\\evil.exe",
        "file:c:\\windows\\temp\\x.dll",
        "file:/dev/shm/x",
        "hash:275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f",
        "domain:c2.example.org",
        "data:customers",
    ],
)
def test_what_belongs_to_an_attack_glues(text: str) -> None:
    assert linking_key(entity(text), SHARED) != ""


def test_a_sensor_that_observes_does_not_glue() -> None:
    assert linking_key(entity("host:zeek1:observer"), SHARED) == ""


def test_normal_forms_are_in_lower_case() -> None:
    assert normal_form("host", "WS5.Corp") == ("host", "ws5")


def test_forty_rules_on_one_host_are_one_incident() -> None:
    desk = Desk()
    for place in range(40):
        name = "host:ws1.corp.example" if place % 2 else "host:ws1"
        desk.take(detection(f"d{place:02}", place, name))
    desk.take(detection("grave", 41, "host:ws1", level="high"))
    assert desk.only().detection_count == 41
    assert len([one for one in desk.only().entities if one.kind == "host"]) == 1


def test_beyond_the_gap_there_are_two_incidents() -> None:
    #  ●──── 120 min ────●   linked        ●───── 121 min ─────●   apart
    near, far = Desk(), Desk()
    for desk, minute in ((near, 120), (far, 121)):
        desk.take(detection("a", 0, "host:ws1", level="high"))
        desk.take(detection("b", minute, "host:ws1", level="high"))
    assert len(near.live()) == 1
    assert len(far.live()) == 2


def test_chatter_below_the_bridging_level_does_not_chain_hours_together() -> None:
    #  low ·····15·····16     high ●       pulled in: what lies within the gap of the ●
    desk = Desk()
    for place in range(12):
        desk.take(detection(f"l{place:02}", place * 16, "host:ws1", level="low"))
    desk.take(detection("grave", 190, "host:ws1", level="high"))
    held = desk.only().detection_ids
    assert "l00" not in held
    assert {"l05", "l11", "grave"} <= set(held)


def test_two_incidents_joined_by_a_detection_become_one_and_the_other_is_superseded() -> None:
    #  ws1 ●───────┐
    #  ws2    ●────┴─● li on both
    desk = Desk()
    desk.take(detection("a", 0, "host:ws1", level="high"))
    desk.take(detection("b", 1, "host:ws2", level="high"))
    first, second = sorted(desk.live(), key=lambda one: one.first_time)
    emitted = desk.take(detection("c", 2, "host:ws1", "host:ws2", level="low"))
    assert [one.status for one in emitted] == ["new", "superseded"]
    assert desk.only().incident_id == first.incident_id
    assert desk.current()[second.incident_id].superseded_by == first.incident_id
    assert desk.only().detection_ids == ("a", "b", "c")


@pytest.mark.parametrize("last", ["host:ws1", "host:ws2"])
def test_what_was_joined_stays_joined_for_what_comes_after_on_either_side(last: str) -> None:
    #  ws1 ●──────┐    ● or here: in the one case
    #  ws2 ●●●────┴●   ●
    desk = Desk()
    desk.take(detection("a", 0, "host:ws1", level="high"))
    for place in range(3):
        desk.take(detection(f"b{place}", place, "host:ws2", level="high"))
    desk.take(detection("joining", 4, "host:ws1", "host:ws2", level="high"))
    desk.take(detection("last", 5, last, level="high"))
    assert desk.only().detection_count == 6


def test_context_goes_with_the_case_that_began_first_and_joins_no_two() -> None:
    #  ws1 ●───────┐
    #  ws2    ●    ○ li on both, informational
    desk = Desk()
    desk.take(detection("a", 0, "host:ws1", level="high"))
    desk.take(detection("b", 1, "host:ws2", level="high"))
    desk.take(detection("c", 2, "host:ws1", "host:ws2", level="informational"))
    assert {one.detection_ids for one in desk.live()} == {("a", "c"), ("b",)}


def test_context_that_comes_first_does_not_name_the_case() -> None:
    desk = Desk()
    desk.take(detection("before", 0, "host:ws1", "account:li", level="informational"))
    desk.take(detection("a", 1, "host:ws1", "account:li", level="high"))
    assert desk.only().incident_id == content_id("incident", "steelworks", "", "a")
    assert desk.only().detection_ids == ("before", "a")


def test_a_machine_s_own_chatter_is_tied_to_nothing_by_its_host_alone() -> None:
    desk = Desk()
    own = ("host:ws1", "process:c:\\windows\\system32\\svchost.exe:tool")
    desk.take(detection("a", 0, "host:ws1", "account:li", level="high"))
    desk.take(detection("task", 1, *own, level="low"))
    desk.take(detection("library", 2, *own, level="medium"))
    assert desk.only().detection_ids == ("a", "library")


def test_an_earlier_detection_that_comes_late_gives_the_incident_another_id() -> None:
    desk = Desk()
    desk.take(detection("b", 2, "host:ws1", level="high"))
    before = desk.only()
    desk.take(detection("a", 1, "host:ws1", level="high"))
    assert desk.only().incident_id == content_id("incident", "steelworks", "", "a")
    assert desk.current()[before.incident_id].superseded_by == desk.only().incident_id
    assert desk.only().opened_at == before.opened_at


def test_a_correlation_that_no_longer_holds_parts_what_it_had_joined() -> None:
    desk = Desk()
    joining = detection("c", 2, "host:ws1", "host:ws2", level="low", kind="correlation")
    desk.take(detection("a", 0, "host:ws1", level="high"))
    desk.take(detection("b", 1, "host:ws2", level="high"))
    parted = {one.incident_id for one in desk.live()}
    desk.take(joining)
    desk.take(withdrawn(joining))
    assert {one.incident_id for one in desk.live()} == parted
    assert all(one.detection_count == 1 for one in desk.live())


def test_two_rules_on_one_event_belong_together_even_on_shared_things() -> None:
    desk = Desk()
    for name in ("a", "b"):
        desk.take(detection(name, 0, "account:system", level="high", event_ids=("one",)))
    assert desk.only().detection_count == 2
    assert desk.only().event_count == 1


def test_a_rule_that_fires_on_shared_things_only_is_one_case() -> None:
    desk = Desk()
    for place in range(5):
        desk.take(
            detection(f"d{place}", place, "host:dc01", "account:root", level="high", rule="r")
        )
    assert desk.only().detection_count == 5


def test_the_hash_of_a_system_program_does_not_glue_two_hosts() -> None:
    desk = Desk()
    shell = ("process:c:\\windows\\system32\\cmd.exe", "hash:ab12")
    desk.take(detection("a", 0, "host:ws1", *shell, level="high"))
    desk.take(detection("b", 1, "host:ws2", *shell, level="high"))
    assert len(desk.live()) == 2


def test_the_hash_of_the_attacker_s_program_glues_two_hosts() -> None:
    desk = Desk()
    for name in ("ws1", "ws2"):
        tool = f"process:c:\\users\\{name}\\evil.exe"
        desk.take(detection(name, 0, f"host:{name}", tool, "hash:ab12", level="high"))
    assert len(desk.live()) == 1


def test_an_enterprise_s_own_shared_host_does_not_join_two_attacks() -> None:
    desk = Desk()
    desk.take(detection("a", 0, "host:ws1", "host:dc01.corp.example", level="high"))
    desk.take(detection("b", 1, "host:ws2", "host:dc01", level="high"))
    assert len(desk.live()) == 2


def test_an_incident_outlives_its_context_that_goes_with_another_case() -> None:
    desk = Desk()
    desk.take(detection("a", 0, "host:ws2", level="low"))
    desk.take(detection("b", 0, "host:ws1", level="high"))
    desk.take(detection("c", 16, "host:ws1", "host:ws2", level="informational"))
    desk.wait_until(17)
    assert desk.only().detection_ids == ("b", "c")
    desk.take(detection("d", 16, "host:ws2", level="medium"))
    desk.wait_until(18)
    assert (desk.only().status, desk.only().detection_ids) == ("new", ("b",))
    assert desk.only().incident_id == desk.emitted[0].incident_id
