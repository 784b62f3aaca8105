"""What the MIIT plan leaves to other rules is said beside the tier, and takes nothing away."""

import json
from datetime import timedelta
from typing import Any, get_args, get_type_hints

import pytest

from pipeline.policy import PolicyFault, read_policy
from pipeline.severity.policy import MajorEvent, SeverityPolicy
from pipeline.severity.scope import EXCLUDED
from schemas.command import Impact
from schemas.moments import datetime_of
from tests.severity.test_decisions import assessment
from tests.severity.test_duties import T0, Case, confirmed
from tests.words.script import HAN

LOSS: dict[str, Any] = {"direct_loss_cny": 100_000_000}
EVENTS = """
severity:
  major_events:
    - {name_zh: 全国性会议, name_en: national meeting,
       since: 2026-03-04T00:00:00+08:00, until: "2026-03-12T00:00:00+08:00"}
"""


@pytest.mark.parametrize("word", EXCLUDED)
def test_excluded_data_is_named_and_neither_tier_nor_duty_goes_away(word: str) -> None:
    plain, told = confirmed(**LOSS), confirmed(**LOSS, excluded_data=word)
    said, unsaid = assessment(told), assessment(plain)
    assert said.tier == unsaid.tier == "II"
    assert set(told.current()) == set(plain.current())
    assert f"{EXCLUDED[word].zh}不适用该预案，从其规定" in said.reason_zh
    assert "工信部网安〔2024〕214号第8.2节" in said.reason_zh
    assert f"The plan leaves {EXCLUDED[word].en} to other rules" in said.reason_en
    assert not HAN.search(said.reason_en)
    assert "不适用该预案" not in unsaid.reason_zh + assessment(told, "cac").reason_zh


def test_data_that_is_stated_not_to_be_excluded_is_no_remark() -> None:
    assert "8.2" not in assessment(confirmed(**LOSS, excluded_data="none")).reason_zh
    words = get_args(get_args(get_type_hints(Impact)["excluded_data"])[0])
    assert set(words) == {"none", *EXCLUDED}


@pytest.mark.parametrize(
    ("since_days", "until_days", "named"),
    [(0, 1, True), (-1, 0, False), (-1, 1, True), (1, 2, False)],
)
def test_the_period_of_a_major_event_holds_from_its_beginning_until_before_its_end(
    since_days: int, until_days: int, named: bool
) -> None:
    begin = datetime_of(T0)
    event = MajorEvent(
        name_zh="全国性会议",
        name_en="national meeting",
        since=begin + timedelta(days=since_days),
        until=begin + timedelta(days=until_days),
    )
    case = Case(policy=SeverityPolicy(major_events=(event,)))
    case.open()
    case.confirm(T0)
    case.state_impact(T0, **LOSS)
    miit = assessment(case)
    assert miit.tier == "II"
    assert ("处于重大活动期间（全国性会议）" in miit.reason_zh) == named
    assert ("period of a major event (national meeting)" in miit.reason_en) == named
    assert "重大活动" not in assessment(case, "cac").reason_zh


def test_a_policy_file_names_its_periods_with_or_without_quotes() -> None:
    (event,) = read_policy(EVENTS, "policy.yaml").severity.major_events
    assert event.until - event.since == timedelta(days=8)
    with pytest.raises(PolicyFault, match=r"major_events\[0\].until: not after since"):
        read_policy(EVENTS.replace("2026-03-12", "2026-03-01"), "policy.yaml")
    with pytest.raises(PolicyFault, match="major_events"):
        read_policy(EVENTS.replace('00+08:00"', '00"'), "policy.yaml")


def test_a_trial_says_the_same() -> None:
    from click.testing import CliRunner

    from pipeline.cli.main import main

    facts = json.dumps({**LOSS, "excluded_data": "tobacco"})
    result = CliRunner().invoke(
        main, ["--lang", "zh", "policy", "try", "--facts", "-"], input=facts
    )
    assert "烟草行业数据不适用该预案" in "".join(result.output.split())
