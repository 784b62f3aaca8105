"""The after-action report: every sentence from rows, in both languages, as a page and for Word."""

import io
import re
from typing import cast

import msgspec
import pytest
from docx import Document

from pipeline.cli.drill_report import write_page, write_word
from pipeline.drills.after_action import report_drill
from pipeline.drills.report_parts import Told, span
from pipeline.drills.scoring import Report
from schemas.drill import DrillInject, DrillRun, DrillScore
from schemas.language import LANGUAGES, Language
from schemas.moments import MINUTE, SECOND
from sinks.columns import MAYBE_MOMENT, MOMENT, Table
from sinks.drill_tables import DRILL_INJECTS, DRILL_SCORES, DRILLS
from tests.dashboards.drill_sample import drill_rows
from tests.dashboards.sample import ENTERPRISES, START

HOSTILE = '<script>alert(1)</script>"&\x07'


def things(table: Table, of: type) -> list[object]:
    """The sample's rows as what they were made of."""
    found: list[object] = []
    for row in drill_rows()[table.name]:
        values = dict(zip(table.column_names, row, strict=True))
        if "milestones" in values and isinstance(values["milestones"], str):
            values["milestones"] = msgspec.json.decode(values["milestones"])
        found.append(msgspec.convert(values, of))
    assert {MOMENT, MAYBE_MOMENT} & {column.type for column in table.columns}
    return found


def told(**changed: object) -> Told:
    reports = (
        Report(regime="miit", duty="miit-report", channel="phone", starts_at=START,
               due_at=START + 10 * MINUTE, done_at=START + 9 * MINUTE, limit_zh="10分钟内",
               limit_en="within 10 minutes"),
        Report(regime="miit", duty="miit-report", channel="phone", starts_at=START,
               due_at=START + 10 * MINUTE, limit_zh="10分钟内", limit_en="within 10 minutes"),
    )  # fmt: skip
    whole = Told(
        run=cast(DrillRun, things(DRILLS, DrillRun)[0]),
        scores=tuple(cast(list[DrillScore], things(DRILL_SCORES, DrillScore))),
        injects=tuple(cast(list[DrillInject], things(DRILL_INJECTS, DrillInject))),
        reports={"ent-00001": reports},
        names={each.enterprise_id: each.name for each in ENTERPRISES},
    )
    return msgspec.structs.replace(whole, **changed)


def text_of(language: Language = "en", **changed: object) -> str:
    report = report_drill(told(**changed), language, START)
    lines = [report.title, report.mark, *report.head]
    for part in report.parts:
        lines += [part.heading, *part.paragraphs, *(" | ".join(row) for row in part.rows)]
    return "\n".join(lines)


def test_it_says_what_rows_say() -> None:
    text = text_of()
    assert "3 enterprises of 3 provinces" in text
    assert "900 made events were sent, 600 arrived." in text
    assert "Events never arrived | 1" in text
    assert "Nobody answered | 1" in text
    assert "First detection | 5:00 | 2/3 | 2:00 | 2:00 | 2/3" in text
    assert "MIIT | phone | within 10 minutes | 2 | 1 | 1" in text
    assert "The events of 1 never arrived (江澜云数据服务有限公司)" in text
    assert "At 1 nobody answered (北岭石化集团)" in text
    assert "No earlier drill of the series" in text


def test_it_stands_beside_the_last_drill_of_its_series() -> None:
    whole = told()
    slower = tuple(
        msgspec.structs.replace(
            each,
            detected_at=None if each.detected_at is None else each.detected_at + MINUTE,
            missed=1,
        )
        for each in whole.scores
    )
    before = msgspec.structs.replace(whole.run, drill="shield-0")
    text = text_of(before=before, before_scores=slower)
    assert "First detection | 3:00 | 2:00" in text
    assert "Missed | 3/3 | 1/3" in text


def test_where_all_did_well_there_is_nothing_to_improve() -> None:
    text = text_of(scores=told().scores[:1])
    assert "nothing to improve" in text
    assert "按以上各项，没有需要改进之处。" in text_of("zh", scores=told().scores[:1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drill_of_which_nothing_is_known_yet_is_reported_too(language: Language) -> None:
    text = text_of(language, scores=(), injects=(), reports={}, names={})
    assert "{" not in text
    assert "None" not in text


def test_both_languages_say_as_much() -> None:
    zh, en = (report_drill(told(), language, START).parts for language in LANGUAGES)
    for one, other in zip(zh, en, strict=True):
        assert len(one.paragraphs) == len(other.paragraphs)
        assert len(one.rows) == len(other.rows)
        assert {len(row) for row in one.rows} <= {len(one.columns)}
        assert len(one.columns) == len(other.columns)
    assert not re.search(r"[A-Za-z]{4,}", text_of("zh", names={e.enterprise_id: "某单位" for e in
                         ENTERPRISES}).replace("shields", "").replace("shield", "")
                         .replace("miit", ""))  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_text_in_page_and_word_file(language: Language) -> None:
    names = {each.enterprise_id: HOSTILE for each in ENTERPRISES}
    report = report_drill(told(names=names), language, START)
    page = write_page(report).decode()
    assert "<script" not in page
    assert not re.search(r"""(?:src|href)=["']?https?:|url\(|@import""", page)
    document = Document(io.BytesIO(write_word(report)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert any("<script>alert(1)</script>" in cell for cell in cells)
    rows = sum(len(part.rows) + 1 for part in report.parts if part.columns)
    assert sum(len(table.rows) for table in document.tables) == rows
    assert report.mark in document.paragraphs[0].text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "—"), (0, "0:00"), (59.6, "1:00"), (3_725, "1:02:05"), (-5, "-0:05")],
)
def test_spans_are_read_as_clocks(seconds: float | None, text: str) -> None:
    assert span(seconds) == text
    assert SECOND == 1_000_000
