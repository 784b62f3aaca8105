"""How many clicks it is from the wall to what an analyst looks for: links of the JSON, followed
with the values of the rows that they stand in."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import msgspec
import pytest

from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.building import board_json
from dashboards.grafana.checking import Source, select
from dashboards.grafana.macros import Selection, expand
from dashboards.grafana.sample_period import choose
from sinks.chdb import ChdbSink
from sinks.contract import QueryFailed

PAGES = {page["uid"]: page for board in BOARDS for page in (board_json(board, "en"),)}
WALL = "/d/fenghuo-situation-en?"
ROWS = 8
"""Of a table: what stands on the screen."""
FARTHEST = 4
PROCESS, HOST = "c:\\windows\\system32\\vssadmin.exe", "fs-01"


class Click(msgspec.Struct, frozen=True):
    """A link that a reader can click: in which panel, on what text, where it leads."""

    panel: str
    text: str
    url: str


def opened(url: str, base: Selection, store: ChdbSink) -> Selection:
    """What a page shows when it is opened at this address."""
    query = parse_qs(urlsplit(url).query)
    named = {key[4:]: tuple(v) for key, v in query.items() if key.startswith("var-")}
    selection, _ = select(
        PAGES[urlsplit(url).path[3:]],
        Source(store.query, QueryFailed),
        msgspec.structs.replace(base, variables=named),
    )
    if "from" in query:
        first, last = (int(query[name][0]) * 1_000 for name in ("from", "to"))
        selection = msgspec.structs.replace(selection, first=first, last=last)
    return selection


def clicks(url: str, base: Selection, store: ChdbSink) -> Iterator[Click]:
    """Every link of the page's tables, as their rows fill it."""
    selection = opened(url, base, store)
    for panel in PAGES[urlsplit(url).path[3:]]["panels"]:
        linked = {
            override["matcher"]["options"]: setting["value"][0]["url"]
            for override in panel.get("fieldConfig", {}).get("overrides", ())
            for setting in override["properties"]
            if setting["id"] == "links"
        }
        if panel["type"] == "table" and linked:
            for row in store.query(expand(panel["targets"][0]["rawSql"], selection))[:ROWS]:
                for name, template in linked.items():
                    if row.get(name):
                        yield Click(
                            panel["title"],
                            str(row[name]),
                            filled(template, str(row[name]), row, selection),
                        )


def filled(template: str, value: str, row: Mapping[str, Any], selection: Selection) -> str:
    """The address as Grafana makes it of the link, its row and the page."""
    text = template.replace("${__value.raw:percentencode}", quote(value, safe=""))
    period = f"from={selection.first // 1_000}&to={selection.last // 1_000}"
    text = text.replace("${__url_time_range}", period).replace("${store:queryparam}", "")
    text = re.sub(
        r"\$\{__data\.fields\.(\w+)(?::\w+)?\}", lambda f: quote(str(row[f[1]]), safe=""), text
    )
    return re.sub(
        r"\$\{(\w+):queryparam\}",
        lambda f: "&".join(f"var-{f[1]}={quote(v, safe='')}" for v in selection.variables[f[1]]),
        text,
    )


def shortest(store: ChdbSink, uid: str, **variables: str) -> tuple[Click, ...]:
    """The fewest clicks from the wall to the page with these choices."""
    base = choose(store.query)
    wanted = {f"var-{name}": [value] for name, value in variables.items()}
    ways: list[tuple[Click, ...]] = [()]
    seen: set[str] = set()
    for _ in range(FARTHEST):
        longer: list[tuple[Click, ...]] = []
        for way in ways:
            for click in clicks(way[-1].url if way else WALL, base, store):
                query = parse_qs(urlsplit(click.url).query)
                if urlsplit(click.url).path == f"/d/{uid}" and wanted.items() <= query.items():
                    return (*way, click)
                page = urlsplit(click.url).path + str(sorted(query.items()))
                if page not in seen:
                    seen.add(page)
                    longer.append((*way, click))
        ways = longer
    pytest.fail(f"no way to {uid} with {variables} in {FARTHEST} clicks")


def told(way: tuple[Click, ...]) -> str:
    """One click a line, counted."""
    return "\n".join(f"{n}. {each.panel}: {each.text}" for n, each in enumerate(way, 1))


def test_a_process_is_two_clicks_from_the_wall(store: ChdbSink) -> None:
    way = shortest(store, "fenghuo-entity-en", entity=PROCESS)
    print(told(way))
    assert len(way) <= 2
    page = opened(way[-1].url, choose(store.query), store)
    shown = [
        row
        for panel in PAGES["fenghuo-entity-en"]["panels"]
        for target in panel.get("targets", ())
        for row in store.query(expand(target["rawSql"], page))
    ]
    assert any(HOST in str(value) for row in shown for value in row.values()), "and its host"


def test_a_host_is_two_clicks_from_the_wall(store: ChdbSink) -> None:
    way = shortest(store, "fenghuo-entity-en", entity=HOST)
    print(told(way))
    assert len(way) <= 2


def test_an_incident_is_one_click_from_the_wall(store: ChdbSink) -> None:
    incident = str(choose(store.query).variables["incident"][0])
    assert len(shortest(store, "fenghuo-incident-en", incident=incident)) == 1
