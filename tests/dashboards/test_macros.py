"""Macros and variables expand as Grafana and its ClickHouse data source expand them."""

import re

import msgspec
import pytest

from dashboards.grafana.macros import MacroFault, Selection, expand
from dashboards.grafana.query_columns import column_names
from schemas.moments import SECOND

SELECTION = Selection(
    first=1_000 * SECOND,
    last=2_000 * SECOND,
    interval_s=60,
    variables={"province": ("110000", "310000"), "name": ("O'Brien",), "drills": ("0",)},
)


@pytest.mark.parametrize(
    ("sql", "expanded"),
    [
        ("$__timeFilter(d.time)", "d.time >= toDateTime(1000) AND d.time <= toDateTime(2000)"),
        ("$__timeInterval(t)", "toStartOfInterval(toDateTime(t), INTERVAL 60 second)"),
        (
            "x >= $__fromTime() AND x <= $__toTime()",
            "x >= toDateTime(1000) AND x <= toDateTime(2000)",
        ),
        ("p IN (${province:singlequote})", "p IN ('110000','310000')"),
        ("n = ${name:singlequote}", "n = 'O\\'Brien'"),
        ("(drill != '') = (${drills} = 1)", "(drill != '') = (0 = 1)"),
        (
            "$__conditionalAll(p IN (${province:singlequote}), $province)",
            "p IN ('110000','310000')",
        ),
    ],
)
def test_expands(sql: str, expanded: str) -> None:
    assert expand(sql, SELECTION) == expanded


def test_the_old_plugin_compares_with_text() -> None:
    old = msgspec.structs.replace(SELECTION, plugin="3.3")
    assert expand("$__timeFilter(t)", old) == "t >= '1000' AND t <= '2000'"
    assert expand("t >= $__fromTime()", old) == "t >= toDateTime(intDiv(1000000,1000))"


def test_a_condition_falls_away_while_everything_is_chosen() -> None:
    everything = Selection(
        first=0, last=1, interval_s=1, variables={}, everything=frozenset({"province"})
    )
    sql = "a AND $__conditionalAll(p IN (${province:singlequote}), $province) AND b"
    assert expand(sql, everything) == "a AND 1=1 AND b"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("$__unheard(x)", "$__unheard is not a macro"),
        ("${unheard}", "${unheard} is not a variable"),
        ("$__conditionalAll(a, $b", "no closing bracket"),
        ("$__conditionalAll(a IN [1, 2], $province)", "has not two arguments"),
        ("x >= $__fromTime AND f(x)", "$__fromTime has no brackets"),
        ("$__fromTime(x)", "wrong number of arguments"),
        ("$__timeFilter()", "wrong number of arguments"),
    ],
)
def test_what_a_plugin_would_not_expand_is_a_fault(sql: str, said: str) -> None:
    with pytest.raises(MacroFault, match=re.escape(said)):
        expand(sql, SELECTION)


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT a, max(b) AS c FROM t", ("a", "c")),
        ("SELECT if(x = '', (SELECT 1), 2) AS y, t.z AS w FROM t", ("y", "w")),
        ("WITH q AS (SELECT 1 AS one) SELECT one AS two FROM q", ("two",)),
        ("SELECT p.1 AS province, 3 AS n", ("province", "n")),
        ("SELECT ')' AS a, b FROM (SELECT 1 AS b) -- SELECT c", ("a", "b")),
        ("SELECT t AS `产品` FROM t ORDER BY t WITH FILL STEP $__interval_s()", ("产品",)),
        ("SELECT 1 AS x UNION ALL SELECT 2 AS y", ("x",)),
    ],
)
def test_columns_are_read_from_the_outermost_select(sql: str, names: tuple[str, ...]) -> None:
    assert column_names(sql, "zh") == names


@pytest.mark.parametrize("sql", ["SELECT count() FROM t", "SELECT a, 1 FROM t", "SELECT * FROM t"])
def test_a_column_without_a_name_is_refused(sql: str) -> None:
    with pytest.raises(ValueError, match="add AS name"):
        column_names(sql, "zh")
