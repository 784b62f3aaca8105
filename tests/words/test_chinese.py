"""Chinese sentences put together: no space between Chinese characters, and no fact changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.chinese import WIDE, fill

FILLED = [
    ("在主机 {hosts} 上", {"hosts": "web-1"}, "在主机 web-1 上"),
    ("在主机 {hosts} 上", {"hosts": "web-1 等 14 台主机"}, "在主机 web-1 等 14 台主机上"),
    ("账户 {account} 使用", {"account": "值班账户"}, "账户值班账户使用"),
    ("{count} 次告警", {"count": 3}, "3 次告警"),
    (" on {host} now", {"host": "财务 主机"}, " on 财务 主机 now"),
    ("{{}} {name}", {"name": "x"}, "{} x"),
]


@pytest.mark.parametrize(("template", "facts", "said"), FILLED)
def test_a_space_stands_beside_latin_letters_and_figures_only(
    template: str, facts: dict[str, object], said: str
) -> None:
    assert fill(template, **facts) == said


@given(st.text("机器ab 1，", max_size=6), st.text("机ab ", max_size=4))
def test_a_fact_stands_in_the_sentence_as_it_is(fact: str, word: str) -> None:
    template = f"{word}{{fact}}{word}".replace("  ", " ")
    said, formatted = fill(template, fact=fact), template.format(fact=fact)
    assert fact.strip(" ") in said
    assert said.replace(" ", "") == formatted.replace(" ", "")
    if not WIDE.search(fact + word):
        assert said == formatted
