"""The corpora: every rule loads or says why; every regression case fires with all rules loaded."""

import tarfile
from pathlib import Path

import pytest
import yaml

from pipeline.files.recordings import open_recording
from pipeline.files.rule_files import load_documents
from pipeline.intake.formats.table import read_fields
from pipeline.sigma.matching.compile import compile_rules
from tests.sigma.corpora import CORPORA, corpus_rules, needs_corpora
from tests.sigma.log_source_table import PAGE, page


@needs_corpora
def test_all_rules_load_but_those_whose_placeholder_has_no_value() -> None:
    parsed = corpus_rules()
    assert len(parsed.rules) + len({fault.file for fault in parsed.faults}) == 3754
    assert all("placeholder %known_cdcs%" in fault.problem for fault in parsed.faults)
    assert len(parsed.faults) == 2


@needs_corpora
def test_the_cache_gives_the_same_rules_and_notices_a_change(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    file = folder / "a.yml"
    text = "title: a\nlogsource: {category: x}\ndetection: {s: {f: 1}, condition: s}\n"
    file.write_text(text)
    first = load_documents([folder], tmp_path / "cache")
    again = load_documents([folder], tmp_path / "cache")
    file.write_text(text.replace("f: 1", "f: 2"))
    changed = load_documents([folder], tmp_path / "cache")
    assert first == again != changed


@needs_corpora
def test_every_regression_case_fires_as_often_as_it_says(tmp_path: Path) -> None:
    with tarfile.open(CORPORA / "sigma-regression.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    rules = compile_rules(corpus_rules())
    cases = sorted(tmp_path.rglob("info.yml"))
    assert len(cases) == 115
    missed = [case.parent.name for case in cases if not _fires(case, rules)]
    assert missed == []


def _fires(case: Path, rules: "object") -> bool:
    info = yaml.safe_load(case.read_text(encoding="utf-8"))
    wanted = info["rule_metadata"][0]["id"]
    least = max(int(each.get("match_count") or 1) for each in info["regression_tests_info"])
    found = 0
    for file in sorted(case.parent.glob("*.json")):
        for recording in open_recording(file):
            fields = read_fields("windows", recording.raw)
            matched = rules.matches(fields, recording.raw)  # type: ignore[attr-defined]
            found += any(rule.head.rule_id == wanted for rule in matched)
    return found >= least


@pytest.mark.parametrize("name", ["regression", "rules", "specification"])
@needs_corpora
def test_the_corpora_are_where_the_tests_look(name: str) -> None:
    assert (CORPORA / f"sigma-{name}.tar.xz").exists()


@needs_corpora
def test_the_page_of_log_sources_is_what_rules_and_formats_come_to() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.sigma.log_source_table"
