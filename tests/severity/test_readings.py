"""Every gap in the law has its reading in policy, words and docs; each can be switched."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import pytest
from click.testing import CliRunner

from pipeline.cli.main import main
from pipeline.severity.policy import Choices, ClockStart, SeverityPolicy
from pipeline.severity.readings import READINGS, chosen
from pipeline.severity.what_if import try_facts
from schemas.facts import TrialFacts
from schemas.language import LANGUAGES, Language
from tests.words.script import HAN

TIERS_PAGE = Path(__file__).parents[2] / "docs" / "tiers.md"


def options(kind: type[msgspec.Struct], prefix: str = "") -> Iterator[tuple[str, set[str]]]:
    """Each choice with the words that the policy's types allow."""
    for name, hint in get_type_hints(kind).items():
        if hint is ClockStart:
            yield from options(ClockStart, f"{name}.")
        elif hint is bool:
            yield prefix + name, {"true", "false"}
        else:
            assert get_origin(hint) is Literal
            yield prefix + name, set(get_args(hint))


def test_every_choice_of_the_policy_has_words_for_each_of_its_readings() -> None:
    assert [(one.name, set(one.words)) for one in READINGS] == [*options(Choices)]


def test_the_docs_name_every_choice_with_its_default_and_no_other() -> None:
    rows = re.findall(r"^\|[^|]*\| `([a-z_.]+)` \| `?([\w]+)`? \|", TIERS_PAGE.read_text(), re.M)
    assert dict(rows) == {one.name: chosen(Choices(), one) for one in READINGS}


ZHEJIANG = {"province": "330000", "field": "industrial", "critical_infrastructure": False,
            "central_organ": False}  # fmt: skip
TELECOM = {**ZHEJIANG, "field": "telecom"}
AT = {"discovered_at": "2026-03-02T09:00:00+08:00"}
TELLING: dict[str, dict[str, Any]] = {
    "core_data_floor": {"operator": ZHEJIANG, "data_class": "core"},
    "important_core_mark": {
        "operator": TELECOM, "facilities": "important", "outage_minutes": 1440
    },
    "general_data_threat": {
        "operator": ZHEJIANG, "data_class": "general", "threat": "particularly_serious"
    },
    "industrial_outage": {
        "operator": ZHEJIANG, "facilities": "important_core", "outage_minutes": 1440
    },
    "long_outage": {"operator": ZHEJIANG, "outage_minutes": 480},
    "cac_general": {"operator": ZHEJIANG, "views": 1},
    "unstated_facilities": {"operator": TELECOM, "outage_minutes": 1440},
    "unstated_scope": {
        "operator": {**ZHEJIANG, "critical_infrastructure": True}, "outage_minutes": 360
    },
    "unstated_site": {"operator": ZHEJIANG, "portal_outage_minutes": 1440},
    "unstated_operator": {**AT, "direct_loss_cny": 5_000_000, "operator": {"province": "330000"}},
    "sensitive_is_personal": {"operator": ZHEJIANG, "sensitive_persons": 1_000_000},
}  # fmt: skip
"""Facts that the readings of a choice judge differently."""


def policy_with(name: str, value: str) -> SeverityPolicy:
    head, _, rest = name.partition(".")
    read: object = {"true": True, "false": False}.get(value, value)
    return msgspec.convert({"choices": {head: {rest: read} if rest else read}}, SeverityPolicy)


@pytest.mark.parametrize("name", sorted(TELLING))
def test_each_reading_judges_its_case_in_a_way_of_its_own(name: str) -> None:
    facts = msgspec.json.decode(json.dumps(TELLING[name]), type=TrialFacts)
    answers = {}
    for value in dict(options(Choices))[name]:
        answer = try_facts(policy_with(name, value), facts)
        answer.pop("policy_id")
        answers[value] = msgspec.json.encode(answer)
    assert len(set(answers.values())) == len(answers)


def test_every_choice_has_a_telling_case_or_a_clock() -> None:
    """What the clocks start from is told apart in test_duties.py: a trial has one moment only."""
    clocks = {name for name, _ in options(Choices) if name.startswith("clock_start")}
    assert {name for name, _ in options(Choices)} == set(TELLING) | clocks


def page(language: Language, *words: str, text: str = "") -> str:
    result = CliRunner().invoke(main, ["--lang", language, "policy", *words], input=text)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("facts", [*TELLING.values(), {"occurred": False, "persons": 10_000_000}])
def test_what_policy_try_prints_is_in_one_language_without_raw_values(
    facts: dict[str, Any], language: Language
) -> None:
    said = page(language, "try", "--facts", "-", text=json.dumps(facts))
    if language == "en":
        assert not HAN.search(said)
    else:
        assert not re.findall(r"\b(?!URL)[A-Za-z]{2,}\b", said), said
    assert not re.search(r"\b[a-z]+_[a-z_]+\b|\d{4}-\d\d-\d\dT|…", said), said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_policy_show_prints_is_in_one_language_and_whole(language: Language) -> None:
    said = page(language, "show")
    assert "…" not in said
    for one in READINGS:
        words = one.words[chosen(Choices(), one)].of(language)
        assert re.sub(r"\s", "", words) in re.sub(r"\s", "", said)
    if language == "en":
        assert not HAN.search(said)
