"""Pictures of the main boards, drawn by Grafana 9.4's own components in Chromium.

`python -m tests.dashboards.pictures [STORE]`: of the tests' made store, or of a folder with a
store. npm fetches the components once. Not in these packages, and drawn as their panels do it: the
map (OpenLayers), the entity graph (forces of d3), raw events, Grafana's frame around the panels.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

import msgspec

from dashboards.grafana.boards.catalogue import BOARDS
from dashboards.grafana.building import board_json
from dashboards.grafana.checking import Source, select
from dashboards.grafana.compatibility import is_time
from dashboards.grafana.inspect_json import Dashboard, variable_queries
from dashboards.grafana.macros import Selection, expand
from dashboards.grafana.sample_period import choose
from dashboards.grafana.specs import Board
from dashboards.words import LANGUAGES, Language, Text
from schemas.moments import DAY, HOUR, MINUTE, SECOND, Moment, format_moment, parse_moment
from sinks.chdb import ChdbSink
from sinks.contract import QueryFailed
from sinks.ddl import literal
from tests.dashboards.conftest import fill_stores
from tests.report.chromium import browser

HERE: Final = Path(__file__).parent
CACHE: Final = HERE.parents[2] / ".cache" / "pictures"
IMAGES: Final = HERE.parents[2] / "docs" / "images" / "boards"
MAIN: Final = ("situation", "incident", "obligations", "coverage", "search")
SIZES: Final = {"1366": (1366, 768), "1920": (1920, 1080)}
"""By name, of the window."""
WHOLE: Final = {"incident": {"whole": (1920, 2990)}}
"""More, of boards whose picture is below the first screen: there the entity graph is."""
INTERVALS: Final = 200
"""Steps of a chart."""
THEMES: Final = ("light", "dark")
MOST_BYTES: Final = 200_000
_BOARDS: Final = Text("看板", "Dashboards")
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
)


def bundle() -> Path:
    """The script that draws a board; fetches what it is made of where it is not there yet."""
    CACHE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "board.jsx", "palette.js"):
        shutil.copy(HERE / name, CACHE)
    if not (CACHE / "node_modules" / "@fontsource").exists():
        install = ["npm", "install", "--silent", "--no-audit", "--legacy-peer-deps"]
        subprocess.run(install, cwd=CACHE, check=True)
    script = CACHE / "board.js"
    options = (
        "--bundle",
        "--minify",
        "--loader:.svg=dataurl",
        "--log-level=error",
        "--loader:.ttf=dataurl",
        "--loader:.woff=dataurl",
        "--loader:.woff2=dataurl",
        "--define:global=window",
        '--define:process.env.NODE_ENV="production"',
    )
    build = ["node_modules/.bin/esbuild", "board.jsx", *options, f"--outfile={script}"]
    subprocess.run(build, cwd=CACHE, check=True)
    return script


def as_opened(store: ChdbSink, board: Board, base: Selection) -> Selection:
    """With the period that a reader sees: an incident's own, else the board's until the last event.

    Search is reached from an incident, and keeps its period.
    """
    of_incident = f"incidents WHERE incident_id = {literal(base.variables['incident'][0])}"
    is_own = board.name in ("incident", "search")
    table = of_incident if is_own else "events_by_day"
    moments = "toUnixTimestamp64Micro(min(first_time)), toUnixTimestamp64Micro(max(last_time))"
    first, last = map(int, map(str, store.query(f"SELECT {moments} FROM {table}")[0].values()))
    amount, unit = int(board.period[4:-1]), board.period[-1]
    begin = first if is_own else last - amount * {"h": HOUR, "d": DAY}[unit]
    begin, end = begin - 10 * MINUTE, last + 10 * MINUTE
    interval_s = max(1, (end - begin) // INTERVALS // SECOND)
    return msgspec.structs.replace(base, first=begin, last=end, interval_s=interval_s)


def frame(store: ChdbSink, sql: str) -> dict[str, Any]:
    """An answer as Grafana's data source hands it over: columns with types and values."""
    types = {str(row["name"]): str(row["type"]) for row in store.query(f"DESCRIBE ({sql})")}
    rows = store.query(sql)
    return {
        "fields": [
            {
                "name": name,
                "type": _field_type(kind),
                "values": [_value(row[name], kind) for row in rows],
            }
            for name, kind in types.items()
        ]
    }


def _field_type(column_type: str) -> str:
    if is_time(column_type):
        return "time"
    if "Int" in column_type or "Float" in column_type:
        return "number"
    return "boolean" if "Bool" in column_type else "string"


def _value(value: object, column_type: str) -> object:
    """Moments as milliseconds since 1970; numbers that came as text as numbers."""
    if value is None:
        return None
    if is_time(column_type):
        return parse_moment(str(value)) // 1_000
    return float(str(value)) if _field_type(column_type) == "number" else value


def board_data(
    store: ChdbSink, dashboard: Dashboard, base: Selection, language: Language
) -> dict[str, Any]:
    """What `board.jsx` draws: the dashboard and the rows of its queries."""
    chosen, _ = select(dashboard, Source(store.query, QueryFailed), base)
    listed = dashboard["templating"]["list"]
    everything = frozenset(each["name"] for each in listed if each.get("multi"))
    chosen = msgspec.structs.replace(chosen, everything=everything)
    frames = {
        panel["id"]: [
            {**frame(store, expand(target["rawSql"], chosen)), "refId": target["refId"]}
            for target in panel.get("targets", ())
        ]
        for panel in dashboard["panels"]
    }
    return {
        "dashboard": dashboard,
        "frames": frames,
        "period": {"from": base.first // 1_000, "to": base.last // 1_000},
        "label": {
            "path": _BOARDS.of(language),
            "period": f"{_local(base.first)} – {_local(base.last)}",
            "choices": list(_choices(store, dashboard, chosen)),
        },
    }


def page(board: Mapping[str, Any], is_dark: bool) -> str:
    """HTML that draws the board in Grafana's dark or light theme."""
    data = json.dumps({**board, "dark": is_dark}, ensure_ascii=False).replace("</", "<\\/")
    return (
        '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="board.css">'
        '<div id="root"></div>'
        f"<script>window.BOARD = {data}</script><script src='board.js'></script>"
    )


def _local(moment: Moment) -> str:
    return format_moment(moment + 8 * HOUR)[:16].replace("T", " ")


def _choices(store: ChdbSink, dashboard: Dashboard, chosen: Selection) -> Iterator[tuple[str, str]]:
    """Label and text of what is chosen at the top."""
    queries = variable_queries(dashboard)
    for variable in dashboard["templating"]["list"]:
        if variable["type"] != "datasource":
            name = variable["name"]
            texts = {each["value"]: each["text"] for each in variable.get("options", ())}
            if name in queries:
                offered = store.query(expand(queries[name], chosen))
                texts = {value: text for row in offered for value, text in (row.values(),)}
            value = "" if name in chosen.everything else str(chosen.variables[name][0])
            yield variable.get("label", name), str(texts.get(value, value or "All"))


def draw(html: str, size: tuple[int, int], to: Path) -> None:
    """A picture of the page in a window of this size."""
    file = CACHE / "page.html"
    file.write_text(html, encoding="utf-8")
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser(),
                *_FLAGS,
                f"--user-data-dir={profile}",
                "--virtual-time-budget=15000",
                f"--window-size={size[0]},{size[1]}",
                f"--screenshot={to}",
                f"file://{file}",
            ],
            check=True,
            capture_output=True,
            timeout=180,
        )
    subprocess.run(["node", "palette.js", to], cwd=CACHE, check=True)


def main() -> None:
    """Every main board in both languages and sizes."""
    bundle()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(scratch)
        store = ChdbSink(folder) if len(sys.argv) > 1 else fill_stores(folder)
        base = choose(store.query)
        for board in (board for board in BOARDS if board.name in MAIN):
            for language in LANGUAGES:
                shown = as_opened(store, board, base)
                data = board_data(store, board_json(board, language), shown, language)
                sizes = SIZES | WHOLE.get(board.name, {})
                for (name, size), theme in product(sizes.items(), THEMES):
                    to = IMAGES / f"{board.name}-{language}-{name}-{theme}.png"
                    draw(page(data, theme == "dark"), size, to)
                    print(f"{to.name}: {to.stat().st_size:,} bytes", flush=True)
        store.close()
    large = [to.name for to in IMAGES.glob("*.png") if to.stat().st_size > MOST_BYTES]
    if large:
        sys.exit(f"over {MOST_BYTES:,} bytes: {', '.join(large)}")


if __name__ == "__main__":
    main()
