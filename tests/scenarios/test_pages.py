"""Recordings of real attacks: the incidents that they come to, as a person judged them.

When a page differs on purpose: `python -m tests.scenarios --accept`, read it, and judge anew.
"""

import re

import pytest

from schemas.scenarios import SCENARIOS
from tests.scenarios.__main__ import PAGES, page_of
from tests.scenarios.judgements import JUDGEMENTS, Verdict
from tests.scenarios.running import CORPORA, RULES, outcome_of, recordings
from tests.scenarios.telling import tell

needs_corpora = pytest.mark.skipif(not RULES.exists(), reason=f"no corpora at {CORPORA}")

INCIDENTS_OF: dict[Verdict, tuple[int, int]] = {
    "one": (1, 1),
    "wrong": (1, 1),
    "noisy": (1, 1),
    "beside": (2, 9),
    "missed": (0, 1),
    "quiet": (0, 0),
}
"""How many incidents a recording so judged has, from and to."""


@needs_corpora
@pytest.mark.parametrize("recording", sorted(JUDGEMENTS))
def test_a_recording_comes_to_what_was_accepted(recording: str) -> None:
    page = page_of(recording).read_text(encoding="utf-8")
    assert tell(recording, outcome_of(recording)) == page


@needs_corpora
@pytest.mark.parametrize("recording", sorted(JUDGEMENTS))
def test_the_judgement_agrees_with_the_number_of_incidents(recording: str) -> None:
    low, high = INCIDENTS_OF[JUDGEMENTS[recording].verdict]
    assert low <= len(outcome_of(recording).incidents) <= high


@needs_corpora
def test_every_recording_is_judged() -> None:
    assert sorted(JUDGEMENTS) == recordings()


@needs_corpora
@pytest.mark.parametrize("recording", sorted(JUDGEMENTS))
def test_title_first_sentence_scenario_and_evidence_agree(recording: str) -> None:
    for case in outcome_of(recording).incidents:
        named, _, deed = case.title_en.partition(": ")
        assert named == SCENARIOS[case.scenario].en
        assert f": {deed}. " in case.story_en
        assert case.title_zh.partition("：")[2] in case.story_zh
        assert any(one.value in deed for one in case.entities if one.kind in ("host", "address"))
        assert case.detections[0].level != "informational"
        told = re.findall("“([^”]+)” \\(", case.story_en.partition("Gravest evidence: ")[2])
        assert len(told) == len(set(told))


def test_every_judgement_has_its_page_and_every_page_its_judgement() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == JUDGEMENTS.keys()
