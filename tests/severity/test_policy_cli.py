"""`fenghuo policy`: the contract of `try --json`, and what bad input is told."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from pipeline.cli.policy import policy_group
from pipeline.severity.what_if import whole_minutes

ZHEJIANG = {
    "province": "330000",
    "field": "industrial",
    "critical_infrastructure": False,
    "central_organ": False,
}


def call(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(policy_group, list(arguments), input=text)


def ask(facts: dict[str, Any]) -> dict[str, Any]:
    result = call("try", "--json", "--facts", "-", text=json.dumps(facts))
    assert result.exit_code == 0, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_the_contract_of_an_incident_that_has_occurred() -> None:
    answer = ask(
        {
            "occurred": True,
            "discovered_at": "2026-03-02T09:00:00+08:00",
            "operator": ZHEJIANG,
            "direct_loss_cny": 150_000_000,
        }
    )
    assert (answer["miit"]["tier"], answer["miit"]["response_level"]) == ("II", "II")
    assert (answer["cac"]["tier"], answer["cac"]["response_level"]) == ("I", "I")
    assert "colour" not in answer["miit"]
    phone = next(one for one in answer["obligations"] if one["channel"] == "phone")
    assert set(phone) >= {"regime", "from", "to", "channel", "due_at", "article"}
    assert phone["due_at"] == "2026-03-02T01:10:00.000000Z"


def test_the_contract_of_an_incident_that_may_occur() -> None:
    answer = ask({"occurred": False, "operator": ZHEJIANG, "persons": 10_000_000})
    assert (answer["miit"]["tier"], answer["miit"]["colour"]) == ("II", "orange")
    assert "response_level" not in answer["miit"]
    assert [one["duty"] for one in answer["obligations"]] == [
        "miit-risk",
        "miit-risk-up",
        "pipl-authority",
        "pipl-persons",
    ]


MARCH = {"discovered_at": "2026-03-02T09:00:00+08:00", "operator": ZHEJIANG}
TELECOM = {**ZHEJIANG, "field": "telecom"}
AUTUMN = {
    "operator": ZHEJIANG,
    "direct_loss_cny": 5_000_000,
    "discovered_at": "2026-09-01T09:00:00+08:00",
    "handling_ended_at": "2026-09-03T09:00:00+08:00",
}
AFTER_THE_CALENDAR = {
    **AUTUMN,
    "discovered_at": "2029-08-31T09:00:00+08:00",
    "handling_ended_at": "2029-09-01T09:00:00+08:00",
}
SHEETS = [
    ({**MARCH, "operator": TELECOM, "facilities": "important", "outage_hours": 24}, "I", "IV"),
    ({**MARCH, "outage_hours": 7}, "IV", "IV"),
    ({**MARCH, "illegal_content_page": "home", "illegal_content_minutes": 360}, None, "III"),
    ({**MARCH, "news_site": "provincial", "portal_outage_minutes": 1440}, None, "II"),
    (AUTUMN, "IV", "III"),
    (AFTER_THE_CALENDAR, "IV", "III"),
    ({**MARCH, "data_class": "general", "threat": "particularly_serious"}, "III", "IV"),
]


@pytest.mark.parametrize(("facts", "miit", "cac"), SHEETS)
def test_sheets_worked_by_hand_from_the_texts(
    facts: dict[str, Any], miit: str | None, cac: str | None
) -> None:
    """The kinds of sheet that a first reading of the texts gets wrong (docs/tiers.md)."""
    answer = ask(facts)
    assert (answer["miit"]["tier"], answer["cac"]["tier"]) == (miit, cac)


CLOSINGS = [
    (AUTUMN, "2026-10-08T23:59:59+08:00", False),  # 3 October is a holiday, and so on to the 7th
    (AFTER_THE_CALENDAR, "2029-10-04T23:59:59+08:00", True),  # 1 to 3 October in any year
]


@pytest.mark.parametrize(("facts", "due", "unconfirmed"), CLOSINGS)
def test_a_term_that_ends_on_a_holiday_ends_with_the_next_working_day(
    facts: dict[str, Any], due: str, unconfirmed: bool
) -> None:
    closing = _duty(ask(facts), "cac-other-closing")
    assert (closing["due_at_local"], closing["unconfirmed"]) == (due, unconfirmed)


def test_an_unknown_operator_is_told_both_outcomes_and_the_stricter_limit() -> None:
    answer = ask({"discovered_at": MARCH["discovered_at"], "outage_hours": 1})
    assert (answer["cac"]["tier"], answer["cac"]["possible"]) == ("IV", "II")
    police = _duty(answer, "cac-cii-police")
    assert police["due_at_local"] == "2026-03-02T10:00:00+08:00"
    assert police["presumed"] == ["critical_infrastructure"]


def _duty(answer: dict[str, Any], duty: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [one for one in answer["obligations"] if one["duty"] == duty]
    assert len(found) == 1
    return found[0]


def test_nothing_known_is_no_tier_and_no_duty() -> None:
    answer = ask({})
    assert answer["miit"]["tier"] is None
    assert answer["cac"]["tier"] is None
    assert answer["obligations"] == []


def test_the_instrument_in_force_at_discovery_judges() -> None:
    facts = {"persons": 100_000_000}
    before = ask({**facts, "discovered_at": "2025-10-31T23:59:59+08:00"})
    since = ask({**facts, "discovered_at": "2025-11-01T00:00:00+08:00"})
    assert (before["cac"]["tier"], since["cac"]["tier"]) == (None, "I")
    assert "not in force" in before["cac"]["note"]
    assert before["miit"]["tier"] == "I"


HOURS = [
    ("24", "I"),
    ("23.9999", "II"),
    ("12", "II"),
    ("11.99", "III"),
    ("8.0", "III"),
    ("7.9999", "IV"),
    ("0", None),
]


@pytest.mark.parametrize(("hours", "tier"), HOURS)
def test_hours_are_exact_at_the_bound(hours: str, tier: str | None) -> None:
    text = f'{{"operator": {{"field": "telecom"}}, "outage_hours": {hours}}}'
    result = call("try", "--json", "--facts", "-", text=text)
    assert json.loads(result.stdout)["miit"]["tier"] == tier


def test_a_sixth_of_an_hour_is_ten_minutes() -> None:
    assert whole_minutes(Decimal(repr(1 / 6))) == 10
    assert whole_minutes(Decimal("0.1666")) == 9


BAD = [
    ('{"persons": "many"}', "$.persons"),
    ('{"persons": 1.5}', "$.persons"),
    ('{"persons": -1}', "$.persons"),
    ('{"threat": "bad"}', "use one of slight, relatively_serious"),
    ('{"loss": 1}', "loss"),
    ('{"discovered_at": "2026-03-02T09:00:00"}', "$.discovered_at"),
    ('{"outage_hours": -1}', "$.outage_hours"),
    ('{"outage_hours": "NaN"}', "$.outage_hours"),
    ('{"outage_hours": 1, "outage_minutes": 60}', "leave one of them out"),
    ('{"operator": {"province": "990000"}}', "$.operator.province"),
    ('{"operator": {"province": "160000"}}', "none of the 31 divisions"),
    ('{"operator": {"province": "330000", "city": "440300"}}', "is not in province"),
    ("[]", "Expected `object`"),
    ('{"persons": 1', "no JSON"),
]


@pytest.mark.parametrize(("text", "said"), BAD)
def test_bad_facts_are_refused_with_place_and_remedy(text: str, said: str) -> None:
    result = call("try", "--json", "--facts", "-", text=text)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_the_schema_accepts_what_the_command_accepts() -> None:
    schema = json.loads(call("try", "--schema").stdout)
    jsonschema.validate({"outage_hours": 1.5, "operator": ZHEJIANG, "persons": 3}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"persons": "many"}, schema)


def test_a_person_reads_tables() -> None:
    result = call("try", "--facts", "-", text='{"direct_loss_cny": 150000000}')
    assert result.exit_code == 0
    assert "major (II); level II response" in result.stdout
    assert "What would raise it" in result.stdout


def test_show_lists_limbs_duties_and_choices() -> None:
    shown = json.loads(call("show", "--json").stdout)
    assert {"policy_id", "policy", "limbs", "duties"} <= set(shown)
    assert set(shown["limbs"]) == {"miit", "cac", "public_internet"}
    assert call("show", "--regime", "cac").exit_code == 0


def test_check_finds_every_fault_and_names_its_place(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(
        "severity:\n  changes:\n"
        "    - {regime: cac, limb: zz, tier: I, fact: persons, reason: r, at_least: 1}\n"
        "    - {regime: cac, limb: b5, tier: I, fact: persons, reason: r}\n"
    )
    result = call("check", str(file))
    assert result.exit_code == 1
    assert "severity.changes[0].limb" in result.stderr
    assert "severity.changes[1]" in result.stderr


def test_a_faulty_policy_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("severity: {due_soon_percent: 300}\n")
    result = call("try", "--policy", str(file), "--facts", "-", text="{}")
    assert result.exit_code == 2
    assert "$.severity.due_soon_percent" in result.stderr


def test_a_choice_of_policy_changes_the_answer(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("severity: {choices: {industrial_outage: hours}}\n")
    facts = '{"operator": {"field": "industrial"}, "outage_hours": 24}'
    result = call("try", "--json", "--policy", str(file), "--facts", "-", text=facts)
    assert json.loads(result.stdout)["miit"]["tier"] == "I"
