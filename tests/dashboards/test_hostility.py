"""A variable's value is text, whatever it holds; queries as they were are found by the check."""

import msgspec
import pytest

from dashboards.grafana.boards.choices import ENTERPRISE
from dashboards.grafana.hostility import HOSTILE, hostility_faults
from dashboards.grafana.macros import MacroFault, Selection, expand
from dashboards.grafana.sample_period import choose
from dashboards.grafana.specs import localise
from dashboards.grafana.variables import chosen, chosen_name, is_chosen
from schemas.batch import BatchAccount
from sinks.chdb import ChdbSink
from sinks.contract import QueryFailed
from sinks.rows import rows_of

COUNT = "SELECT count() AS n FROM incidents WHERE "


def faults(store: ChdbSink, sql: str) -> list[str]:
    selection = msgspec.structs.replace(
        choose(store.query), variables={"province": ("440000",), "investigation": ("x",)}
    )
    return list(hostility_faults(sql, selection, store.query, QueryFailed))


@pytest.mark.parametrize(
    "sql",
    [
        COUNT + f"province = {chosen('province')}",
        COUNT + is_chosen("province", "province"),
        f"SELECT count() AS n FROM {chosen_name('investigation')}.incidents",
    ],
)
def test_a_hostile_value_is_a_value_like_any_other(store: ChdbSink, sql: str) -> None:
    assert faults(store, sql) == []


@pytest.mark.parametrize(
    "condition",
    [
        "province = '${province}'",
        "province = ${province:singlequote}",
        "province IN (${province:sqlstring})",
        "$__conditionalAll(province IN (${province:singlequote}), $province)",
        "(drill != '') = (${province} = 1)",
        "province = '${province:csv}'",
    ],
)
def test_sql_from_a_variable_is_found(store: ChdbSink, condition: str) -> None:
    found = faults(store, COUNT + condition)
    assert any("as SQL" in fault for fault in found)
    assert any("answers differently" in fault for fault in found)


def test_a_database_from_a_variable_is_found(store: ChdbSink) -> None:
    found = faults(store, "SELECT count() AS n FROM ${investigation}.incidents")
    assert any("answers differently" in fault for fault in found)


@pytest.mark.parametrize("bare", ["$province", "[[province]]", "[[province:csv]]"])
def test_other_spellings_of_a_variable_are_faults(bare: str) -> None:
    selection = Selection(first=0, last=1, interval_s=1, variables={"province": ("440000",)})
    with pytest.raises(MacroFault, match="put in as it is"):
        expand(f"SELECT '{bare}'", selection)


@pytest.mark.parametrize("value", [*HOSTILE, "O'Brien", "广东", "a b+c%20d", "{x}"])
def test_the_store_gets_the_value_as_it_is(store: ChdbSink, value: str) -> None:
    selection = Selection(first=0, last=1, interval_s=1, variables={"enterprise": (value,)})
    sql = expand(f"SELECT {chosen('enterprise')} AS said", selection)
    assert store.query(sql) == [{"said": value}]


@pytest.mark.parametrize("values", [("440000",), ("440000", "110000")])
def test_several_values_are_each_compared(store: ChdbSink, values: tuple[str, ...]) -> None:
    selection = Selection(first=0, last=1, interval_s=1, variables={"province": values})
    said = "arrayFilter(p -> " + is_chosen("province", "p") + ", ['110000', '310000', '440000'])"
    (answer,) = store.query(expand(f"SELECT {said} AS found", selection))
    assert answer["found"] == sorted(values)


def test_who_is_not_in_the_registry_is_no_choice(store: ChdbSink) -> None:
    """The key of a record that nobody signed stands in the account of its refusal."""
    period = choose(store.query)
    refused = BatchAccount(
        enterprise_id="!' UNION ALL SELECT 424242 -- ",
        batch_id="refused",
        topic="fenghuo.events",
        partition=0,
        offset=1,
        format="",
        received_at=period.first + 3_600_000_000,
        outcome="refused",
        events=1,
        dead_lettered=1,
    )
    before = choices(store, period)
    store.write(rows_of([refused]), "refused")
    assert choices(store, period) == before
    assert before


def choices(store: ChdbSink, period: Selection) -> list[str]:
    rows = store.query(expand(localise(ENTERPRISE.query, "en"), period))
    return [str(row["enterprise_id"]) for row in rows]
