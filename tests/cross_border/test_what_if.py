"""`fenghuo policy try` and `show` explain each threshold."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from pipeline.cli.policy import policy_group
from pipeline.cross_border.thresholds import THRESHOLDS
from tests.severity.test_words import check

ALL = {
    "year": 2026,
    "persons": 1_200_000,
    "sensitive_persons": 20_000,
    "important_exports": 1,
    "persons_held": 10_000_000,
    "users": 1_000_001,
    "listing_abroad": "planned",
}


def ask(exports: dict[str, Any], **operator: Any) -> dict[str, dict[str, Any]]:
    facts = json.dumps({"operator": operator, "exports": exports})
    result = CliRunner().invoke(policy_group, ["try", "--json", "--facts", "-"], input=facts)
    assert result.exit_code == 0, result.output
    return {one["threshold"]: one for one in json.loads(result.stdout)["thresholds"]}


def test_every_threshold_is_explained_with_its_article() -> None:
    answers = ask(ALL, critical_infrastructure=True)
    assert set(answers) == {row.key for row in THRESHOLDS}
    for one in answers.values():
        check(one["reason_zh"], one["reason"])
        assert one["article"]
        assert one["state"] in ("crossed", "replaced")


@pytest.mark.parametrize(
    ("persons", "state", "percent", "owed"),
    [
        (79_999, "below", 79, ""),
        (80_000, "warning", 80, ""),
        (99_999, "warning", 99, ""),
        (100_000, "crossed", 100, "a standard contract or certification"),
    ],
)
def test_at_below_and_above(persons: int, state: str, percent: int, owed: str) -> None:
    one = ask({"persons": persons}, critical_infrastructure=False)["persons_100k"]
    assert (one["state"], one["percent"], one["owed"]) == (state, percent, owed)
    assert one["incident"] == (state == "crossed")


def test_a_declared_ground_is_enough_for_one_and_not_for_the_other() -> None:
    exports = {"persons": 1_000_000, "sensitive_persons": 5, "legal_ground": "standard_contract"}
    answers = ask(exports, critical_infrastructure=False)
    assert answers["persons_1m"]["owed"] == "apply for a security assessment"
    assert answers["sensitive_any"]["owed"] == ""
    assert not any(one["incident"] for one in answers.values())


def test_sums_that_may_count_persons_twice_are_upper_bounds() -> None:
    one = ask({"persons": 100_000, "are_told_apart": False})["persons_100k"]
    assert (one["state"], one["least"]) == ("possibly_crossed", 0)


def test_without_exports_nothing_is_said_of_them() -> None:
    result = CliRunner().invoke(policy_group, ["try", "--json", "--facts", "-"], input="{}")
    assert json.loads(result.stdout)["thresholds"] == []


def test_a_person_reads_the_reason_and_what_is_owed() -> None:
    facts = json.dumps({"exports": {"persons": 100_000}})
    result = CliRunner().invoke(policy_group, ["try", "--facts", "-", "--lang", "zh"], input=facts)
    assert "订立个人信息出境标准合同" in result.output


def test_the_thresholds_in_force_are_shown() -> None:
    result = CliRunner().invoke(policy_group, ["show", "--json"])
    assert [row["key"] for row in json.loads(result.stdout)["thresholds"]] == [
        row.key for row in THRESHOLDS
    ]
