"""Kinds of events over a restart: kept, bounded, and never believed beyond what they may cost."""

from pathlib import Path

import msgspec
import pytest

from pipeline.files import event_kinds
from pipeline.files.event_kinds import keep_kinds, prepare_rules
from pipeline.sigma.matching.plan_router import Kind
from tests.sigma.test_routes import made_rules

FILE = "event-kinds.msgpack"


def kept(folder: Path) -> list[Kind]:
    return msgspec.msgpack.decode((folder / FILE).read_bytes(), type=list[Kind])


def test_kinds_of_two_workers_add_up(tmp_path: Path) -> None:
    for event_id in (1, 5):
        rules = made_rules()
        rules.matches({"Channel": "Security", "EventID": event_id, "f": "a"}, b"")
        keep_kinds(rules, tmp_path)
    assert [each.routing["EventID"] for each in kept(tmp_path)] == [1, 5]
    assert "f" in kept(tmp_path)[0].scanned
    again = made_rules()
    prepare_rules(again, tmp_path)
    assert again.effort.plans == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"\xc1", b"x" * 5_000_000, msgspec.msgpack.encode([{"routing": {"EventID": [1]}}])],
    ids=["empty", "damaged", "huge", "of another shape"],
)
def test_a_file_that_cannot_be_read_is_as_none_and_is_replaced(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / FILE).write_bytes(content)
    rules = made_rules()
    prepare_rules(rules, tmp_path)
    assert rules.effort.plans == 0
    rules.matches({"Channel": "Security", "EventID": 1}, b"")
    keep_kinds(rules, tmp_path)
    assert [each.routing["Channel"] for each in kept(tmp_path)] == ["Security"]


def test_a_forged_file_takes_half_the_room_for_plans_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = [Kind({"Channel": "Security", "EventID": number}, ("f",)) for number in range(2_000)]
    (tmp_path / FILE).write_bytes(msgspec.msgpack.encode(forged))
    monkeypatch.setattr("pipeline.sigma.matching.plan_router.RULES_PLANNED", 20)
    rules = made_rules()
    prepare_rules(rules, tmp_path)
    assert rules.effort.plans <= 2
    rules.matches({"Channel": "Security", "EventID": 4688, "f": "b"}, b"")
    assert rules.effort.general_events == 0


def test_the_file_is_bounded_and_the_last_met_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_kinds, "KINDS_KEPT", 2)
    rules = made_rules()
    for event_id in (1, 5, 4688):
        rules.matches({"Channel": "Security", "EventID": event_id}, b"")
    keep_kinds(rules, tmp_path)
    assert [each.routing["EventID"] for each in kept(tmp_path)] == [5, 4688]


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    rules = made_rules()
    rules.matches({"Channel": "Security", "EventID": 1}, b"")
    keep_kinds(rules, blocked)
    prepare_rules(rules, blocked)
