"""The view of coverage: counted by hand for three provinces, and each step at its boundary."""

from collections.abc import Iterator
from datetime import date

import msgspec
import pytest

from pipeline.files.registry_file import keep_registry
from schemas.coverage import STEPS
from schemas.moments import DAY, datetime_of, parse_moment
from schemas.programme import Training
from schemas.registry import DataClass, Enterprise, PublishingKey
from sinks.chdb import ChdbSink
from sinks.contract import Answer
from sinks.coverage import select_coverage
from sinks.log_tables import LOG_SOURCES
from sinks.programme_tables import TRAININGS
from sinks.rollups import SourceSeen

NOW = parse_moment("2026-11-27T09:00:00Z")
NOW_SQL = f"fromUnixTimestamp64Micro({NOW})"
KEY = PublishingKey("2026", "A" * 43 + "=")
ZHEJIANG, JIANGSU, BEIJING = "330000", "320000", "110000"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChdbSink]:
    sink = ChdbSink(tmp_path_factory.mktemp("store"))
    sink.migrate()
    yield sink
    sink.close()


@pytest.fixture
def store(migrated: ChdbSink) -> ChdbSink:
    """Without rows."""
    for table in ("enterprises", "revenue_ranks", "log_sources", "programme_trainings"):
        migrated.query(f"TRUNCATE TABLE {table}_rows")
    return migrated


def enterprise(name: str, province: str = ZHEJIANG, **fields: object) -> Enterprise:
    row = Enterprise(enterprise_id=name, name=f"{name} 公司", province=province, sector="steel")
    return msgspec.structs.replace(row, **fields)


def keep(store: ChdbSink, *rows: Enterprise) -> None:
    keep_registry(store, {row.enterprise_id: row for row in rows})


def see(store: ChdbSink, name: str, product: str, at: int = NOW, drill: str = "") -> None:
    seen = SourceSeen(
        enterprise_id=name, drill=drill, product=product, category="", service="", received_at=at
    )
    store.write({LOG_SOURCES.name: [LOG_SOURCES.row(seen)]}, "seen")


def train(store: ChdbSink, held_on: date, *names: str, **fields: object) -> None:
    row = Training(
        id=f"{held_on} {names}", held_on=held_on, title="实务", organiser="省工信厅",
        province=ZHEJIANG, person_times=10, enterprise_ids=names,
    )  # fmt: skip
    record = msgspec.structs.replace(row, **fields)
    store.write({TRAININGS.name: [TRAININGS.row(record)]}, row.id)


def standing(store: ChdbSink, name: str = "E1") -> Answer:
    rows = store.query(f"SELECT * FROM ({select_coverage(NOW_SQL)}) WHERE enterprise_id = '{name}'")
    assert len(rows) == 1
    return rows[0]


def test_three_provinces_are_counted_as_by_hand(store: ChdbSink) -> None:
    zhejiang = [enterprise(f"Z{n}", annual_revenue=100 * n) for n in range(1, 13)]  # 12: 2 seats
    jiangsu = [
        enterprise("J1", JIANGSU, annual_revenue=9),
        enterprise("J2", JIANGSU, annual_revenue=9),
        enterprise("J3", JIANGSU),
        enterprise("J4", JIANGSU, annual_revenue=99, above_designated_size=False),
    ]  # 3 candidates: 1 seat, two equals in it; one not stated; one too small
    beijing = [enterprise("B1", BEIJING, sector="food", annual_revenue=1)]
    done: dict[str, object] = {
        "keys": (KEY,),
        "graded_on": date(2026, 1, 1),
        "expected_sources": ("windows",),
    }
    zhejiang[11] = msgspec.structs.replace(zhejiang[11], **done)
    jiangsu[0] = msgspec.structs.replace(jiangsu[0], graded_on=date(2026, 1, 1))
    keep(store, *zhejiang, *jiangsu, *beijing)
    see(store, "Z12", "windows")
    see(store, "Z11", "windows", NOW - 2 * DAY)
    see(store, "J1", "zeek", drill="spring")
    counted = store.query(
        "SELECT province, count() AS enterprises, countIf(top_tenth = 'yes') AS top,"
        " countIf(top_tenth = 'unknown') AS unknown, countIf(top_tenth = 'yes' AND"
        " is_connected = 'yes') AS connected, countIf(top_tenth = 'yes' AND is_publishing = 'yes')"
        " AS publishing, countIf(is_graded = 'yes') AS graded, countIf(has_drilled = 'yes') AS"
        f" drilled FROM ({select_coverage(NOW_SQL)}) GROUP BY province ORDER BY province"
    )
    assert [tuple(row.values()) for row in counted] == [
        (BEIJING, 1, 1, 0, 0, 0, 0, 0),
        (JIANGSU, 4, 2, 1, 0, 0, 1, 1),
        (ZHEJIANG, 12, 2, 0, 2, 1, 1, 0),
    ]


def test_who_has_done_everything_has_nothing_to_do(store: ChdbSink) -> None:
    row = enterprise(
        "E1",
        annual_revenue=1,
        keys=(KEY,),
        expected_sources=("windows",),
        graded_on=date(2026, 11, 27),
        data_classes=("core",),
        assessed_on=date(2025, 11, 27),
    )
    keep(store, row)
    see(store, "E1", "windows")
    see(store, "E1", "windows", drill="spring")
    found = standing(store)
    assert {step: found[step] for step in STEPS} == {
        **dict.fromkeys(STEPS, "yes"),
        "is_trained": "unknown",
    }
    assert found["open_steps"] == []


def test_only_who_is_named_by_a_session_of_the_last_year_is_trained(store: ChdbSink) -> None:
    keep(store, *(enterprise(name) for name in ("E1", "E2", "E3", "E4", "E5")))
    train(store, date(2025, 11, 27), "E1", "E2")
    train(store, date(2025, 11, 26), "E3", "E1")
    train(store, date(2026, 11, 27))
    train(store, date(2026, 10, 1), sector="steel")
    train(store, date(2026, 10, 2), "E5", withdrawn=True)
    states = {name: standing(store, name)["is_trained"] for name in ("E1", "E2", "E3", "E4", "E5")}
    assert states == {"E1": "yes", "E2": "yes", "E3": "no", "E4": "unknown", "E5": "unknown"}


def test_who_has_stated_nothing_is_unknown_and_is_asked_in_order(store: ChdbSink) -> None:
    keep(store, enterprise("E1"))
    found = standing(store)
    assert {step: found[step] for step in STEPS} == {
        "has_revenue": "unknown",
        "has_key": "no",
        "is_connected": "no",
        "is_publishing": "no",
        "is_complete": "unknown",
        "is_graded": "unknown",
        "is_assessed": "not_required",
        "has_drilled": "no",
        "is_trained": "unknown",
    }
    assert found["open_steps"] == ["has_revenue", "has_key", "is_graded", "has_drilled"]
    assert found["last_received_at"] is None


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "state"),
    [
        (0, None, "yes"),
        (NOW, None, "yes"),
        (NOW + 1, None, "no"),
        (0, NOW, "no"),
        (0, NOW + 1, "yes"),
    ],
)
def test_a_key_counts_while_it_may_sign(
    store: ChdbSink, valid_from: int, valid_until: int | None, state: str
) -> None:
    key = PublishingKey(
        "k",
        KEY.public_key,
        datetime_of(valid_from),
        None if valid_until is None else datetime_of(valid_until),
    )
    keep(store, enterprise("E1", keys=(key,)))
    assert standing(store)["has_key"] == state


@pytest.mark.parametrize(
    ("classes", "assessed_on", "state"),
    [
        (("general",), None, "not_required"),
        (("general", "important"), None, "unknown"),
        (("core",), date(2025, 11, 27), "yes"),
        (("core",), date(2025, 11, 26), "no"),
        (("core",), date(2026, 11, 28), "no"),
    ],
)
def test_an_assessment_holds_to_the_same_day_of_the_next_year(
    store: ChdbSink, classes: tuple[DataClass, ...], assessed_on: date | None, state: str
) -> None:
    keep(store, enterprise("E1", data_classes=classes, assessed_on=assessed_on))
    assert standing(store)["is_assessed"] == state


def test_days_are_chinas(store: ChdbSink) -> None:
    keep(store, enterprise("E1", graded_on=date(2026, 11, 28)))
    assert standing(store)["is_graded"] == "no"
    late = f"fromUnixTimestamp64Micro({parse_moment('2026-11-27T16:00:00Z')})"
    assert store.query(select_coverage(late))[0]["is_graded"] == "yes"


@pytest.mark.parametrize(("ago", "state"), [(DAY, "yes"), (DAY + 1, "no")])
def test_publishing_is_within_a_day(store: ChdbSink, ago: int, state: str) -> None:
    keep(store, enterprise("E1", keys=(KEY,)))
    see(store, "E1", "windows", NOW - ago)
    found = standing(store)
    assert (found["is_connected"], found["is_publishing"]) == ("yes", state)


def test_sources_that_are_expected_and_not_seen_within_a_day_are_named(store: ChdbSink) -> None:
    keep(store, enterprise("E1", keys=(KEY,), expected_sources=("windows", "zeek", "linux")))
    see(store, "E1", "windows")
    see(store, "E1", "zeek", NOW - 2 * DAY)
    see(store, "E1", "linux", drill="spring")
    found = standing(store)
    assert (found["is_complete"], found["missing_sources"]) == ("no", ["zeek", "linux"])
    assert "is_complete" in str(found["open_steps"])


def test_the_last_receipt_holds_whatever_is_written_later(store: ChdbSink) -> None:
    keep(store, enterprise("E1"))
    for ago in (0, 3 * DAY):
        see(store, "E1", "windows", NOW - ago)
    assert standing(store)["is_publishing"] == "yes"
