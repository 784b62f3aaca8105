"""The analysts' list: filters, order, numbers, several at once, answers."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from pipeline.app.command_service import Sent, await_outcomes
from pipeline.cli.shown_numbers import NumberUnknown, ShownNumbers
from schemas.batch import DeadLetter, original_of
from schemas.command import Command, CommandOutcome
from schemas.decision import Decision
from sinks.chdb import ChdbSink
from sinks.rows import rows_of
from tests.cli.site import Site
from tests.engine.builders import START


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Read by all tests of this file; each says only of its own host what changes a list."""
    made = Site(tmp_path_factory.mktemp("site"))
    said = ("--regime", "cac", "--tier", "I", "--reason", "supply chain", "--analyst", "li")
    assert made.call("incidents", "override", made.id_of("sw-9"), *said).exit_code == 0
    assert made.call("incidents", "start", made.id_of("ws-2"), "--analyst", "wang").exit_code == 0
    return made


def test_the_gravest_of_any_regime_comes_first(site: Site) -> None:
    assert site.hosts() == ["sw-9", "ws-1", "ws-2"]
    tiers = [each["gravest_tier"] for each in site.incidents()]
    assert tiers == ["I", *sorted(tiers[1:])]


@pytest.mark.parametrize(
    ("chosen", "hosts"),
    [
        (("--province", "330000"), ["ws-1", "ws-2"]),
        (("--province", "浙江省"), ["ws-1", "ws-2"]),
        (("--province", "浙江"), ["ws-1", "ws-2"]),
        (("--province", "Guangdong", "--province", "330000"), ["sw-9", "ws-1", "ws-2"]),
        (("--sector", "telecom"), ["sw-9"]),
        (("--enterprise", "E2"), ["sw-9"]),
        (("--status", "in_progress"), ["ws-2"]),
        (("--assignee", "wang"), ["ws-2"]),
        (("--unassigned",), ["sw-9", "ws-1"]),
        (("--tier", "I"), ["sw-9"]),
        (("--text", "WS-1"), ["ws-1"]),
        (("--text", "example tel"), ["sw-9"]),
        (("--text", "'; SELECT"), []),
        (("--since", "2100-01-01T00:00:00Z"), []),
        (("--since", "2020-01-01T00:00:00Z", "--sector", "steel"), ["ws-1", "ws-2"]),
        (("--sector", "steel", "--unassigned", "--province", "广东省"), []),
    ],
)
def test_filters(site: Site, chosen: tuple[str, ...], hosts: list[str]) -> None:
    assert site.hosts(*chosen) == hosts


def test_the_table_says_it_in_both_languages_and_that_it_was_cut(site: Site) -> None:
    chinese = site.call("incidents", "list", "--limit", "2", "--lang", "zh").stdout
    assert "序号" in chinese and "示例钢铁" in chinese and "前 2 起，还有更多" in chinese  # noqa: PT018
    english = site.call("incidents", "list", "--lang", "en").stdout
    assert "Zhejiang" in english
    assert "in progress" in english
    assert "there are more" not in english


def test_numbers_are_those_of_the_list_that_was_shown_last(site: Site) -> None:
    site.call("incidents", "list", "--sector", "steel")
    shown = json.loads(site.call("incidents", "show", "1", "--json").stdout)
    assert shown["incident"]["incident_id"] == site.id_of("ws-1")
    site.call("incidents", "list", "--sector", "telecom")
    shown = json.loads(site.call("incidents", "show", "1", "--json").stdout)
    assert shown["incident"]["incident_id"] == site.id_of("sw-9")
    beyond = site.call("incidents", "show", "2")
    assert beyond.exit_code == 1
    assert "no number 2: the last one had 1; list them first" in beyond.stderr


def test_one_call_speaks_of_several_and_says_what_became_of_each(site: Site) -> None:
    site.call("incidents", "list", "--sector", "steel")
    said = site.call("incidents", "reopen", "1", site.id_of("ws-2")[:12], "1")
    assert said.exit_code == 1
    first, second = said.stderr.splitlines()
    assert first.startswith(f"reopen {site.id_of('ws-1')[:12]} refused: reopen is not allowed")
    assert second.startswith(f"reopen {site.id_of('ws-2')[:12]} refused:")


def test_nothing_is_said_where_one_of_the_names_is_nobody(site: Site) -> None:
    said = site.call("incidents", "resolve", site.id_of("ws-1"), "ffffffff")
    assert said.exit_code == 1
    assert "no incident ffffffff" in said.stderr
    assert "resolved" not in {each["status"] for each in site.incidents()}
    assert "give 4 characters of the id" in site.call("incidents", "show", "ab").stderr


def test_show_tells_people_and_obligations_have_numbers(site: Site) -> None:
    incident = site.id_of("ws-2")
    page = site.call("incidents", "show", incident, "--lang", "en").stdout
    for words in ("Shadow Copies Deleted", "Obligations", "Record of handling", "wang"):
        assert words in page
    said = site.call("incidents", "reported", incident, "1")
    assert "reported" in said.stderr
    whole = json.loads(site.call("incidents", "show", incident, "--json").stdout)
    first = whole["obligations"][0]["obligation_id"]
    assert [each["content"] for each in whole["commands"] if first in each["content"]]


def test_sessions_and_stores_have_numbers_of_their_own(tmp_path: Path) -> None:
    place = tmp_path / "numbers.json"
    mine, theirs = ShownNumbers("s", 1, place), ShownNumbers("s", 2, place)
    mine.keep("", ["aaaa", "bbbb"])
    theirs.keep("", ["cccc"])
    assert mine.resolve("", "2") == "bbbb"
    assert theirs.resolve("", "1") == "cccc"
    assert mine.resolve("", "1000") == "1000", "four digits begin an id"
    with pytest.raises(NumberUnknown, match="none was shown here yet"):
        ShownNumbers("other", 1, place).resolve("", "1")
    place.write_bytes(b"damaged")
    with pytest.raises(NumberUnknown):
        mine.resolve("", "1")


def test_an_answer_is_waited_for(tmp_path: Path) -> None:
    accepted, refused, unread, silent = (_sent(number) for number in range(4))
    answers: list[Decision] = [
        CommandOutcome(command=accepted.command, received_at=START, accepted=True),
        CommandOutcome(
            command=refused.command, received_at=START, accepted=False, refusal="not allowed"
        ),
        DeadLetter(
            dead_letter_id="d", enterprise_id="E1", batch_id="", topic=unread.topic,
            partition=unread.partition, offset=unread.offset, line=0, received_at=START,
            reason="unknown_drill", detail="no drill 'x' is kept", remedy="", events=0,
            **original_of(b""),
        ),
    ]  # fmt: skip
    sink = ChdbSink(tmp_path / "store")
    sink.migrate()
    sink.write(rows_of(answers), "answers")
    found = await_outcomes(
        lambda: nullcontext(sink), [accepted, refused, unread, silent], wait_s=0.0
    )
    sink.close()
    assert found == {
        "command-0": answers[0],
        "command-1": answers[1],
        "command-2": "refused, unknown_drill: no drill 'x' is kept",
    }


def _sent(number: int) -> Sent:
    command = Command(
        command_id=f"command-{number}",
        enterprise_id="E1",
        incident_id="i",
        verb="start",
        analyst="li",
        said_at=START,
    )
    return Sent(command, "fenghuo.commands", 3, number)
