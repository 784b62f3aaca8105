"""The page: self-contained, escaped, whole in both languages, sound in a real browser."""

import re
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from dashboards.report.labels import LABELS
from dashboards.report.page import render_page
from dashboards.report.reading import read_rows
from dashboards.report.rows import CampaignRow
from dashboards.report.situation import situation_of
from dashboards.words import LANGUAGES, Language
from pipeline.cli.report import report_command
from sinks.chdb import ChdbSink
from tests.dashboards.sample import NOW
from tests.report.chromium import printed, probe, within


def page_of(store: ChdbSink, language: Language) -> str:
    return render_page(situation_of(read_rows(store.query), NOW), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fetched_from_anywhere(store: ChdbSink, language: Language) -> None:
    page = page_of(store, language)
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)""", page)
    assert "url(" not in page
    assert "@import" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_leads_to_something_on_the_page(store: ChdbSink, language: Language) -> None:
    page = page_of(store, language)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_what_attackers_write_is_text_and_not_markup(store: ChdbSink) -> None:
    rows = read_rows(store.query)
    evil = '</script><img src=x onerror="alert(1)">'
    first = msgspec.structs.replace(
        rows.incidents[0], title=evil, story=evil, enterprise_name=evil, entity_values=[evil] * 7
    )
    event = msgspec.structs.replace(rows.evidence[0], raw=evil, host=evil)
    hostile = msgspec.structs.replace(
        rows,
        incidents=(first, *rows.incidents[1:]),
        evidence=(event, *rows.evidence[1:]),
    )
    page = render_page(situation_of(hostile, NOW), "zh")
    assert "<img" not in page
    assert page.count("</script>") == 1


def campaign(**changes: object) -> CampaignRow:
    row = CampaignRow(
        campaign_id="c" * 32,
        status="active",
        kind="address",
        indicator="203.0.113.7",
        enterprise_count=3,
        incident_count=4,
        scenarios=["vulnerability_backdoor"],
        first_us=NOW,
        last_us=NOW,
        first_province="440000",
        spread='[{"province":"440000","enterprises":2},{"province":"330000","enterprises":1}]',
        growth='[{"day":"2026-11-23","new":3,"total":3}]',
        combined_miit_tier="II",
        combined_cac_tier="",
        evicted=0,
    )
    return msgspec.structs.replace(row, **changes)


def campaigns_of(store: ChdbSink, row: CampaignRow, language: Language) -> str:
    """The section of campaigns."""
    rows = msgspec.structs.replace(read_rows(store.query), campaigns=(row,))
    page = render_page(situation_of(rows, NOW), language)
    return page.split('aria-labelledby="h-campaigns"')[1].split("</section>")[0]


def test_a_campaign_is_told_by_provinces_and_counts(store: ChdbSink) -> None:
    section = campaigns_of(store, campaign(), "en")
    assert "<code>203.0.113.7</code>" in section
    assert "3 enterprises · 4 incidents · Guangdong 2 · Zhejiang 1" in section
    assert "Harm together: MIIT II, CAC —" in section
    names = [row.enterprise_name for row in read_rows(store.query).incidents]
    assert names
    assert not any(name in section for name in names)
    assert "漏洞后门" in campaigns_of(store, campaign(), "zh")
    assert "7 sights" in campaigns_of(store, campaign(evicted=7), "en")


def test_an_indicator_is_text_and_not_markup(store: ChdbSink) -> None:
    section = campaigns_of(store, campaign(kind="domain", indicator="<b>x</b>.example"), "en")
    assert "&lt;b&gt;x&lt;/b&gt;.example" in section


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_past_a_threshold_of_data_abroad_is_told_with_the_reason(
    store: ChdbSink, language: Language
) -> None:
    page = page_of(store, language)
    section = page.split('aria-labelledby="h-thresholds"')[1].split("</section>")[0]
    rows = read_rows(store.query).thresholds
    assert [row.state for row in rows if row.state == "warning"]
    for row in rows:
        assert row.enterprise_name in section
        assert (row.reason_en if language == "en" else row.reason) in section


def test_a_store_from_which_nothing_left_has_no_such_section(empty_store: ChdbSink) -> None:
    assert "h-thresholds" not in page_of(empty_store, "zh")


def test_a_store_without_incidents_says_so(empty_store: ChdbSink) -> None:
    page = page_of(empty_store, "en")
    assert "No incident in this period" in page
    assert "The store holds no events yet" in page


def test_english_pages_have_english_labels(store: ChdbSink) -> None:
    page = page_of(store, "en")
    assert not [text.zh for text in LABELS.values() if len(text.zh) > 6 and text.zh in page]


def test_the_command_writes_one_file(store: ChdbSink, store_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "reports" / "now.html"
    arguments = ["--store", str(store_folder), "--lang", "en", "--out", str(out)]
    result = CliRunner().invoke(report_command, [*arguments, "--as-of", "2026-11-20T10:00:00Z"])
    assert result.exit_code == 0, result.output
    assert out.read_text(encoding="utf-8") == page_of(store, "en")
    assert [path.name for path in out.parent.iterdir()] == ["now.html"]


def test_a_moment_that_is_none_is_refused(store_folder: Path) -> None:
    result = CliRunner().invoke(report_command, ["--store", str(store_folder), "--as-of", "soon"])
    assert result.exit_code == 2
    assert "is not a time such as" in result.output


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("zh", 1280, False), ("en", 820, True), ("zh", 500, False)]
)
@pytest.mark.parametrize("place", ["overview", "incident"])
def test_a_browser_finds_nothing_wrong(
    store: ChdbSink, language: Language, width: int, dark: bool, place: str
) -> None:
    situation = situation_of(read_rows(store.query), NOW)
    fragment = situation.cases[0].row.incident_id if place == "incident" else ""
    found = probe(render_page(situation, language), fragment, width, dark)
    assert found["violations"] == []
    assert found["console"] == []
    assert found["width"][0] <= found["width"][1]


NARROW = 400


def test_duties_and_entities_are_read_on_a_telephone(store: ChdbSink) -> None:
    situation = situation_of(read_rows(store.query), NOW)
    incident = situation.cases[0].row.incident_id
    question = """(() => {
        const shown = document.querySelector(".case:not([hidden])");
        const duties = shown.querySelector(".stacked").parentElement;
        return {
            page: document.documentElement.scrollWidth,
            duties: [duties.scrollWidth, duties.clientWidth],
            heading: getComputedStyle(shown.querySelector(".stacked td"), "::before").content,
            graph: getComputedStyle(shown.querySelector(".graph")).display,
            entities: shown.querySelectorAll(".entity-list li").length,
        };
    })()"""
    found = within(render_page(situation, "en"), NARROW, question, incident)
    assert found["page"] <= NARROW
    assert found["duties"][0] <= found["duties"][1], "nothing to be pushed sideways"
    assert (found["heading"], found["graph"]) == ('"State"', "none")
    assert found["entities"] == len(situation.cases[0].row.entity_kinds)


def test_each_criterion_shows_its_fact_on_a_laptop(store: ChdbSink) -> None:
    situation = situation_of(read_rows(store.query), NOW)
    question = """(() => {
        document.querySelectorAll(".judgement details").forEach((each) => { each.open = true; });
        const bounds = document.querySelectorAll(".limbs b");
        bounds.forEach((each) => { each.textContent = "serious or worse ".repeat(5); });
        const tables = document.querySelectorAll(".case:not([hidden]) .judgement .scroll");
        return [...tables].map((each) => each.scrollWidth - each.clientWidth);
    })()"""
    hidden = within(
        render_page(situation, "en"), 1366, question, situation.cases[0].row.incident_id
    )
    assert hidden
    assert max(hidden) <= 0, "nothing to be pushed sideways"


def test_what_was_found_since_the_reader_last_looked_is_marked(store: ChdbSink) -> None:
    situation = situation_of(read_rows(store.query), NOW)
    opened = sorted(each.row.opened_us for each in (*situation.cases, *situation.drills))
    page, question = (
        render_page(situation, "en"),
        "document.querySelectorAll('.since:not([hidden])').length",
    )

    def marked(looked: int | None) -> int:
        before = "" if looked is None else f"localStorage.setItem('fenghuo-looked', '{looked}')"
        return int(within(page, 1280, question, before=before))

    assert marked(None) == 0, "nothing is new to who looks for the first time"
    assert marked(opened[1]) == len(opened) - 2
    assert marked(opened[-1]) == 0


def test_each_incident_is_printed_on_a_page_of_its_own_in_a4(store: ChdbSink) -> None:
    situation = situation_of(read_rows(store.query), NOW)
    paper = printed(render_page(situation, "zh"))
    sheets = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert len(sheets) > len(situation.cases) + len(situation.drills)
    assert {(round(float(w)), round(float(h))) for w, h in sheets} <= {
        (595, 842),
        (594, 841),
        (596, 842),
    }
