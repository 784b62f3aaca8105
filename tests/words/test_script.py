"""Boards, report and stories over the simulated period: one script, and no raw values."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.building import board_json
from dashboards.grafana.checking import Source, select
from dashboards.grafana.inspect_json import targets
from dashboards.grafana.macros import expand
from dashboards.grafana.rendering import render
from dashboards.grafana.sample_period import choose
from dashboards.report.page import render_page
from dashboards.report.reading import read_rows
from dashboards.report.rows import Rows
from dashboards.report.situation import situation_of
from dashboards.words import LANGUAGES, Language
from pipeline.correlation.field_labels import label_of
from pipeline.files.rule_samples import START
from pipeline.simulate.config import SimulationConfig
from pipeline.simulate.registry import make_registry
from schemas.decision import Decision
from schemas.incident import Incident
from schemas.moments import HOUR
from sinks.chdb import ChdbSink
from sinks.contract import QueryFailed
from sinks.log_tables import ENTERPRISES
from sinks.rows import rows_of
from tests.rules.house_rules import house_rules
from tests.rules.simulated import decide_simulated
from tests.words.script import badly_set, page_texts, shown_texts, without, wrong_script

NUMBER = 60


@pytest.fixture(scope="module")
def decisions() -> tuple[Decision, ...]:
    return decide_simulated(1, NUMBER, SimulationConfig(start=START))[1]


@pytest.fixture(scope="module")
def store(decisions: tuple[Decision, ...], tmp_path_factory: Any) -> Iterator[ChdbSink]:
    """The simulated period as a worker would have stored it."""
    sink = ChdbSink(Path(tmp_path_factory.mktemp("store")), "fenghuo")
    sink.migrate()
    registry = [ENTERPRISES.row(enterprise) for enterprise, _ in make_registry(1, NUMBER)]
    sink.write({**rows_of(decisions), ENTERPRISES.name: registry}, "simulated")
    yield sink
    sink.close()


def faults_in(texts: Sequence[str], language: Language) -> list[tuple[str, list[str]]]:
    found = (
        (text, wrong_script(text, language) + (badly_set(text) if language == "zh" else []))
        for text in texts
    )
    return [(text[:200], wrong) for text, wrong in found if wrong]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_every_text_of_a_board_is_in_its_script(board: Any, language: Language) -> None:
    dashboard = board_json(board, language)
    link = {"zh": "English", "en": "中文"}[language]
    texts = [text for text in shown_texts(dashboard) if text not in (link, "All")]
    assert len(texts) > 20
    assert faults_in(texts, language) == []


def quoted_by(incident: Any) -> set[str]:
    """What a title or a story takes from the evidence: names, commands, values in all spellings."""
    return {
        *(value for value in getattr(incident, "entity_values", ())),
        *(entity.value for entity in getattr(incident, "entities", ())),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_title_and_story_of_the_simulated_attacks_is_in_its_script(
    decisions: tuple[Decision, ...], language: Language
) -> None:
    incidents = [one for one in decisions if isinstance(one, Incident)]
    assert len({one.scenario for one in incidents}) >= 4
    for one in incidents:
        quoted = {*quoted_by(one), *(each.summary for each in one.detections)}
        for name in (f"title_{language}", f"story_{language}"):
            text = without(getattr(one, name), quoted)
            if language == "en":
                assert wrong_script(text, "en") == [], text
            else:
                assert badly_set(getattr(one, name)) == [], getattr(one, name)
            assert "级 " not in text
            assert not [each for each in ("orig_h", "resp_h", "TargetUserName") if each in text]


def test_every_field_that_a_correlation_of_ours_speaks_of_has_a_name() -> None:
    for rule in (each for each in house_rules().correlations):
        for name in (*rule.group_by, *rule.value_fields):
            assert label_of(rule, name, "zh") != name, (rule.head.file, name)


UNTRANSLATED = frozenset(
    {
        "enterprise", "raw", "account", "host", "process", "source_ip", "destination_ip",
        "product", "log_category", "format", "rule_id", "reason_code", "source_list", "analyst",
        "campaign", "indicator", "technique", "topic", "rule_sets", "summary", "story", "title",
        "text", "incident", "incident_title", "rule", "entity", "id", "source", "target",
        "content_id", "tags",
    }
)  # fmt: skip
"""Columns that quote the evidence, the registry, or a rule's author; stories are read above."""


def cells(panel: Any, rows: Sequence[dict[str, object]]) -> Iterator[tuple[str, str]]:
    """(column, text) as Grafana shows them: through the value mappings of the column."""
    mapped: dict[str, dict[str, Any]] = {}
    for override in panel.get("fieldConfig", {}).get("overrides", ()):
        for setting in override["properties"]:
            if setting["id"] == "mappings" and setting["value"]:
                mapped[override["matcher"]["options"]] = setting["value"][0]["options"]
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str) and name not in UNTRANSLATED and not name.endswith("_id"):
                yield name, mapped.get(name, {}).get(value, {}).get("text", value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_of_every_board_is_in_its_script(store: ChdbSink, language: Language) -> None:
    base, source = choose(store.query), Source(store.query, QueryFailed)
    read, wrong = 0, set()
    for dashboard in render()[language]:
        selection, _ = select(dashboard, source, base)
        for target in targets(dashboard):
            if not target.panel or target.panel["type"] in ("timeseries", "logs"):
                continue  # lines quote the evidence
            for column, text in cells(target.panel, store.query(expand(target.sql, selection))):
                if column.endswith(("time", "_at", "_seen", "last_event")):
                    continue
                read += 1
                if faults := wrong_script(text, language):
                    wrong.add((dashboard["uid"], target.place, column, text[:120], faults[0]))
    assert read > 300
    assert wrong == set()


def quoted_on(rows: Rows) -> set[str]:
    """What the report takes from evidence and registry."""
    quoted = {one.enterprise_name for one in rows.incidents}
    quoted |= {one.enterprise_name for one in rows.thresholds}
    for one in rows.incidents:
        quoted |= {one.title, one.story, one.title_en, one.story_en, *one.entity_values}
    return quoted


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_report_is_in_its_script(store: ChdbSink, language: Language) -> None:
    rows = read_rows(store.query)
    situation = situation_of(rows, START + 12 * HOUR)
    quoted = quoted_on(rows)
    for case in situation.cases:
        for one in case.detections:
            quoted |= {one.title, one.summary, one.title_zh, one.summary_zh}
        for event in (each for group in case.evidence for each in group.events):
            quoted |= {event.host, event.account, event.process, event.product}
    shown = page_texts(render_page(situation, language))
    texts = [without(text, quoted) for text in shown if not text.startswith("…")]
    assert len(texts) > 500
    told = [(text[:200], wrong) for text in texts if (wrong := wrong_script(text, language))]
    assert told == []
    whole = [
        text
        for text, left in zip(shown, (without(each, quoted) for each in shown), strict=True)
        if text == left
    ]
    assert language == "en" or [text for text in whole if badly_set(" ".join(text.split()))] == []
