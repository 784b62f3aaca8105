"""Help and faults in Chinese: all of them, whole, by whatever names the language."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from pipeline.cli.main import main
from pipeline.cli.spoken_language import language_of, speak
from pipeline.cli.translation import fault_in_language
from schemas.language import Language
from tests.words.catalogue import MO, commands, compiled, expected, kept, strings, untranslated
from tests.words.fault_texts import ROOT, fault_templates
from tests.words.script import HAN, badly_set

PATHS: Final = sorted({path for path, _ in commands()})
"""Commands are loaded here, before any test: click names its types as they are made."""
REMEDY: Final = "fill fenghuo.po and call `python -m tests.words.catalogue`"
TYPED: Final = re.compile(r"`[^`]*`|\{[^}]*\}|\S*[-_/.:=<>$%|\[\]]\S*|\b[A-Z]\w*\b")
"""What stays as it is typed: commands, options, files, placeholders, names."""
TWO_WORDS: Final = re.compile(r"\b[a-z]{2,}[ ,]+[a-z]{2,}\b")


@pytest.fixture
def in_chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LANGUAGE", "zh")
    speak("zh")
    yield
    speak("en")


def keys(catalogue: object) -> set[tuple[str | None, tuple[str, ...]]]:
    return {(each.context, strings(each.id)) for each in catalogue if each.id}  # type: ignore[attr-defined]


def test_the_catalogue_has_every_text_that_is_said_and_no_other() -> None:
    said, known = keys(expected()), keys(kept())
    assert (said - known, known - said) == (set(), set()), REMEDY
    assert len(said) > 450
    assert untranslated(kept()) == [], REMEDY
    assert MO.read_bytes() == compiled(kept()), REMEDY


def test_no_english_sentence_is_left_in_a_translation() -> None:
    left = [
        (text, found)
        for each in kept()
        if each.id
        for text in strings(each.string)
        if (found := TWO_WORDS.findall(TYPED.sub("", text)))
    ]
    assert left == []


def test_a_translation_is_set_as_chinese_is() -> None:
    told = [text for each in kept() if each.id for text in strings(each.string)]
    assert [(text, wrong) for text in told if (wrong := badly_set(text))] == []


def test_a_translation_says_all_that_its_text_says() -> None:
    for each in kept():
        if not each.id:
            continue
        text = strings(each.id)[-1]
        for said in strings(each.string):
            if each.context == "fault":
                count = text.count("{}")
                numbered = {int(number) for number in re.findall(r"\{(\d)\}", said)}
                assert numbered == set(range(count)) or said.count("{}") == count, text
                assert said.format(*"abcdefgh"[:count]), text
            else:
                assert set(re.findall(r"\{\w+", said)) == set(re.findall(r"\{\w+", text)), text


def pages(language: Language) -> Iterator[tuple[str, str]]:
    """Every help page below its line of usage, by the command's path."""
    for path in PATHS:
        result = CliRunner().invoke(main, ["--lang", language, *path.split()[1:], "--help"])
        assert result.exit_code == 0, result.output
        yield path, result.output.partition("\n")[2]


def test_every_chinese_help_page_has_no_english_in_it_and_fits_the_terminal() -> None:
    for path, page in pages("zh"):
        assert HAN.search(page), path
        assert not TWO_WORDS.search(TYPED.sub("", page.partition(":\n")[0])), path
        assert "[required]" not in page, path
        wide = [line for line in page.splitlines() if cell_len(line) > 80]
        assert not [line for line in wide if "|" not in line], path  # choices are not broken


def test_no_english_help_page_has_chinese_in_it() -> None:
    left = [(path, HAN.findall(page)) for path, page in pages("en")]
    assert [each for each in left if each[1]] == []


@pytest.mark.usefixtures("in_chinese")
def test_every_fault_is_found_by_its_template_whatever_it_names() -> None:
    catalogue = {each.id: strings(each.string)[0] for each in kept() if each.context == "fault"}
    for template in fault_templates():
        names = [f"n{number}" for number in range(template.count("{}"))]
        if re.sub(r"\{\}|[^a-z]", "", template):
            message = reduce(lambda text, name: text.replace("{}", name, 1), names, template)
            said = fault_in_language(message)
            assert said == catalogue[template].format(*names), template


@pytest.mark.usefixtures("in_chinese")
def test_a_fault_within_a_fault_is_translated_and_a_strangers_words_are_not() -> None:
    assert (
        fault_in_language("/x: No such file or directory; name a folder that you may write")
        == "/x：没有那个文件或目录；请指定可写的文件夹"
    )
    assert fault_in_language("Code: 60; nobody knows: it") == "Code: 60; nobody knows: it"
    assert (
        fault_in_language("no rule loads; no rule loads; x") == "没有可用的规则；没有可用的规则；x"
    )
    placed = fault_in_language("a.ndjson:1: JSON is malformed: x; nobody's remedy")
    assert placed == "a.ndjson:1：JSON 格式有误：x；nobody's remedy"
    for endless in ("x: y; " * 3_000, "a: b; " * 600, "x (mend it first)" * 200):
        assert fault_in_language(endless).startswith(endless[:1])
    assert fault_in_language("first line\nno rule loads") == "first line\n没有可用的规则"


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "C"}, "en"),
        ([], {"LANG": "en_US.UTF-8"}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ([], {"LANG": "C", "LC_MESSAGES": "zh_CN"}, "zh"),
        ([], {"LANG": "C", "LC_ALL": "en_GB", "FENGHUO_LANG": "zh"}, "zh"),
        ([], {"LANG": "zh_CN.UTF-8", "FENGHUO_LANG": ""}, "zh"),
        (["--lang", "zh", "demo"], {"FENGHUO_LANG": "en"}, "zh"),
        (["demo", "--lang=en"], {"LANG": "zh_CN.UTF-8"}, "en"),
    ],
)
def test_the_option_then_our_variable_then_the_locale_names_the_language(
    arguments: list[str], environment: dict[str, str], language: Language
) -> None:
    assert language_of(arguments, environment) == language


@pytest.mark.parametrize(
    ("locale", "fault", "nothing"),
    [
        ("zh_CN.UTF-8", "错误：/nowhere：没有这个存储；`fenghuo run --store` 可创建", "没有事件。"),
        ("C", "Error: /nowhere: no such store; `fenghuo run --store` makes one", "No incidents."),
        (
            "en_US.UTF-8",
            "Error: /nowhere: no such store; `fenghuo run --store` makes one",
            "No incidents.",
        ),
    ],
)
def test_faults_and_tables_follow_the_terminals_locale(
    locale: str, fault: str, nothing: str, tmp_path: Path
) -> None:
    events = tmp_path / "a.jsonl"
    events.write_text('{"@timestamp": "2026-03-02T10:00:00Z", "n": 1}\n')

    def call(*words: str) -> "subprocess.CompletedProcess[str]":
        ours = ("LANGUAGE", "FENGHUO_LANG")
        plain = {name: value for name, value in os.environ.items() if name not in ours}
        return subprocess.run(
            (sys.executable, "-m", "pipeline.cli.main", *words),
            capture_output=True,
            text=True,
            env={**plain, "LC_ALL": locale, "PYTHONUTF8": "1"},
        )

    assert call("incidents", "list", "--store", "/nowhere").stderr.strip() == fault
    assert nothing in call("run", "--store", str(tmp_path / "s"), str(events)).stdout


def test_what_is_told_on_stderr_is_told_in_one_place() -> None:
    for file in sorted((ROOT / "pipeline" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "click.echo":
                aside = any(each.arg == "err" for each in node.keywords)
                assert not aside or file.name == "terminal.py", f"{file}:{node.lineno}: use `say`"


def test_details_and_remedies_of_dead_letters_are_told_in_the_readers_language(
    tmp_path: Path,
) -> None:
    events, store = tmp_path / "a.jsonl", str(tmp_path / "s")
    events.write_text('{"@timestamp": "2026-03-02T10:00:00Z", "n": 1}\n{"n": 2}\n[3]\n')

    def call(*words: str) -> str:
        result = CliRunner().invoke(main, [*words], env={"COLUMNS": "200"})
        assert result.exit_code == 0, result.output
        return result.stdout

    call("run", "--format", "json", "--store", store, str(events))
    said = call("dead-letters", "list", "--store", store, "--lang", "zh")
    assert "没有字段含可识别的时间" in said
    assert "请在发布指南规定的字段中发送时间" in said
    assert "办法" in said
    told = call("dead-letters", "list", "--store", store, "--lang", "en")
    assert "no field holds a time that can be read" in told
    assert not HAN.search(told)


@pytest.mark.usefixtures("in_chinese")
def test_faults_of_rules_are_told_in_the_readers_language(tmp_path: Path) -> None:
    rule = tmp_path / "a.yml"
    rule.write_text(
        "title: t\nid: 0e5f4f6a-0000-4000-8000-000000000001\nlogsource: {product: windows}\n"
        "detection:\n  selection: {a|endwith: b}\n  condition: other\n"
    )
    said = CliRunner().invoke(main, ["--lang", "zh", "rules", "check", str(rule)]).output
    assert "未知修饰符“endwith”；办法：修饰符见规则指南" in said
    assert "没有检索标识“other”；办法：请在 detection 下定义other" in said
