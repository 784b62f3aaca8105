"""Every gap in the law has its reading in policy, words and docs; each can be switched."""

import json
import re
from collections.abc import Iterator
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
from tests.severity.readings_page import PAGE
from tests.severity.readings_page import page as page_of_readings
from tests.words.script import HAN


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


def test_the_page_of_readings_is_made_of_the_policy_as_it_is() -> None:
    assert PAGE.read_text() == page_of_readings(), "`python -m tests.severity.readings_page`"


ZHEJIANG = {"province": "330000", "field": "industrial", "critical_infrastructure": False,
            "central_organ": False}  # fmt: skip
TELECOM = {**ZHEJIANG, "field": "telecom"}
AT = {"discovered_at": "2026-03-02T09:00:00+08:00"}
TELLING: dict[str, dict[str, Any]] = {
    "core_data_floor": {"operator": ZHEJIANG, "data_class": "core"},
    "important_core_mark": {
        "operator": TELECOM, "facilities": "important", "outage_minutes": 1440
    },
    "unnamed_class": {"operator": ZHEJIANG, "data_class": "general", "threat": "serious"},
    "general_data_threat": {
        "operator": ZHEJIANG, "data_class": "general", "threat": "particularly_serious"
    },
    "industrial_outage": {
        "operator": ZHEJIANG, "facilities": "important_core", "outage_minutes": 1440
    },
    "long_outage": {"operator": ZHEJIANG, "outage_minutes": 480},
    "cac_general": {"operator": ZHEJIANG, "views": 1},
    "cac_prefecture_sites": {
        "operator": ZHEJIANG, "portal": "prefecture", "illegal_content_page": "home",
        "illegal_content_minutes": 120
    },
    "unstated_facilities": {"operator": TELECOM, "outage_minutes": 1440},
    "unstated_scope": {
        "operator": {**ZHEJIANG, "critical_infrastructure": True}, "outage_minutes": 360
    },
    "unstated_site": {"operator": ZHEJIANG, "portal_outage_minutes": 1440},
    "unstated_operator": {**AT, "direct_loss_cny": 5_000_000, "operator": {"province": "330000"}},
    "infrastructure_and_organ": {
        **AT, "direct_loss_cny": 5_000_000,
        "operator": {**ZHEJIANG, "critical_infrastructure": True, "central_organ": True}
    },
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


READ = [
    ("unnamed_class", "graver_too", "III", None),
    ("unnamed_class", "as_named", None, None),
    ("cac_prefecture_sites", "II", None, "II"),
    ("cac_prefecture_sites", "III", None, "III"),
    ("infrastructure_and_organ", "infrastructure", "cac-cii-protection", "cac-cii-police"),
    ("infrastructure_and_organ", "organ", "cac-organ", None),
]


@pytest.mark.parametrize(("name", "value", "one", "other"), READ)
def test_each_reading_says_what_its_words_say(
    name: str, value: str, one: str | None, other: str | None
) -> None:
    """Of the two that grade: MIIT's tier and CAC's; of the chain: whom Art. 4 has told first."""
    facts = msgspec.json.decode(json.dumps(TELLING[name]), type=TrialFacts)
    answer: Any = try_facts(policy_with(name, value), facts)
    if name == "infrastructure_and_organ":
        told = [each["duty"] for each in answer["obligations"] if each["form"] == "cac-first"]
        assert told == [duty for duty in (one, other) if duty]
    elif name == "unnamed_class":
        assert answer["miit"]["tier"] == one
    else:
        assert answer["cac"]["tier"] == other


def test_the_words_of_a_limb_are_told_before_a_reading_of_them() -> None:
    """General data under a relatively serious threat is III by the annex's own words."""
    facts = TrialFacts(data_class="general", threat="relatively_serious")
    answer: Any = try_facts(SeverityPolicy(), facts)
    met = [limb for limb in answer["miit"]["limbs"] if limb["outcome"] == "met"]
    assert [(limb["tier"], "解释" in limb["text_zh"]) for limb in met] == [("III", False)]


def test_every_choice_has_a_telling_case_or_is_told_apart_elsewhere() -> None:
    """A trial has one moment and one enterprise: see test_duties.py, campaigns/test_impact.py."""
    elsewhere = {name for name, _ in options(Choices) if name.startswith("clock_start")}
    elsewhere.add("several_enterprises")
    assert {name for name, _ in options(Choices)} == set(TELLING) | elsewhere


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
