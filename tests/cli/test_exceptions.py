"""Exceptions on the command line: added, seen hiding, ended; bad ones refused with the remedy."""

import json
import time
from pathlib import Path

import pytest

from schemas.moments import HOUR, SECOND, format_moment
from tests.cli.site import Site
from tests.engine.builders import START, shadow_copies

RULE = "11111111-1111-4111-8111-111111111111"
SAID = ("--enterprise", "E1", "--reason", "backup software", "--analyst", "li")
NOW = time.time_ns() // 1_000
BEGUN = ("--from", format_moment(NOW - HOUR))
"""An exception ends after it is received, so these events are of today."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("site"))


def test_from_adding_to_ending(site: Site) -> None:
    long = site.call("exceptions", "add", *SAID, "--until", "400d", "--rule", "11111111")
    assert "longer than 366 days" in long.stderr
    assert long.exit_code == 1
    scope = ("--rule", "Shadow Copies Deleted", "--host", "ws-1", "--until", "30d")
    added = site.call("exceptions", "add", *SAID, *BEGUN, *scope)
    assert added.stderr.strip() == "add_exception E1 accepted"
    now_s = (NOW - START) / SECOND
    site.take("E1", shadow_copies(now_s, "ws-1"), shadow_copies(now_s, "ws-2"))
    (shown,) = _listed(site)
    assert (shown["rule_id"], shown["host"], shown["hidden"]) == (RULE, "ws-1", 1)
    table = site.call("exceptions", "list", "--lang", "en").stdout
    for words in ("host ws-1", "Shadow Copies Deleted", "backup software", "active"):
        assert words in table
    assert "生效中" in site.call("exceptions", "list", "--lang", "zh").stdout
    ended = site.call("exceptions", "end", "1", "--reason", "replaced")
    assert ended.stderr.strip() == "end_exception E1 accepted"
    assert not _listed(site)
    assert _listed(site, "--all")[0]["ended_reason"] == "replaced"


def test_a_rule_that_nothing_was_found_by_is_doubted(site: Site) -> None:
    added = site.call("exceptions", "add", *SAID, "--rule", "nobody's", "--until", "8h")
    assert "nobody's: no detection of it is stored" in added.stderr


def test_a_span_that_is_none_is_a_wrong_call(site: Site) -> None:
    said = site.call("exceptions", "add", *SAID, "--rule", RULE, "--until", "8 weeks")
    assert said.exit_code == 2
    assert "'8 weeks' is not a time such as" in said.stderr


def test_of_an_enterprise_that_is_not_known_it_is_refused(site: Site) -> None:
    said = site.call(
        "exceptions", "add", "--enterprise", "E9", "--reason", "r", "--rule", RULE, "--until", "8h"
    )
    assert said.exit_code == 1
    assert "the state of 'E9' is not kept here" in said.stderr


def _listed(site: Site, *words: str | Path) -> list[dict[str, object]]:
    return [
        json.loads(line)
        for line in site.call("exceptions", "list", "--json", *words).stdout.splitlines()
    ]
