"""Whatever stands beside them, the records of an enterprise are each applied once, or refused."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.batch import Record
from tests.worker.hostile import NAMES, PARTITIONS, engine, garbage, home_of, signed
from tests.worker.world import Worker, World

UNBOUNDED = 1_000_000
ALL = frozenset(range(PARTITIONS))


def world_of(log: dict[tuple[str, int], list[Record]]) -> World:
    places: dict[tuple[str, int], list[Record]] = {
        ("fenghuo.sightings", each): [] for each in range(PARTITIONS)
    }
    return World({**places, **log}, engine(), partitions=PARTITIONS)


def run(world: World, size: int = 50) -> World:
    assert Worker(world, 1, UNBOUNDED, partitions=ALL).run({}, iter(()), size)
    return world


def outcomes(world: World) -> Counter[str]:
    return Counter(str(row["outcome"]) for row in world.rows() if row["topic"] == "fenghuo.events")


def test_garbage_under_its_key_in_another_partition_costs_an_enterprise_nothing() -> None:
    """Beside each of twenty signed batches, in the same step, a record further on in its log."""
    home = home_of("E1")
    other = (home + 1) % PARTITIONS
    log = {
        ("fenghuo.events", home): [signed("E1", number, home, number) for number in range(20)],
        ("fenghuo.events", other): [garbage("E1", other, 1_000 + number) for number in range(20)],
    }
    assert outcomes(run(world_of(log), size=1)) == {"accepted": 20, "refused": 20}


writings = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.integers(0, PARTITIONS - 1),
        st.sampled_from(["at home", "astray", "garbage"]),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(writings, st.integers(1, 9))
def test_each_record_in_its_keys_partition_counts_once_and_any_other_is_refused(
    written: list[tuple[str, int, str]], size: int
) -> None:
    log: dict[tuple[str, int], list[Record]] = {}
    expected: Counter[tuple[str, str]] = Counter()
    for number, (name, partition, kind) in enumerate(written):
        at = home_of(name) if kind == "at home" else partition
        of_place = log.setdefault(("fenghuo.events", at), [])
        is_sound = kind != "garbage"
        make = signed(name, number, at, len(of_place)) if is_sound else None
        of_place.append(make or garbage(name, at, len(of_place)))
        expected[name, "accepted" if is_sound and at == home_of(name) else "refused"] += 1
    world = run(world_of(log), size)
    rows = [row for row in world.rows() if row["topic"] == "fenghuo.events"]
    assert Counter((row["enterprise_id"], row["outcome"]) for row in rows) == expected
    letters = Counter(row["reason"] for row in world.store.view("dead_letters"))
    assert sum(letters.values()) == sum(
        count for (_, outcome), count in expected.items() if outcome == "refused"
    )
    assert set(letters) <= {"wrong_partition", "header_missing"}
    states = {key.decode() for key in world.table() if b"/state/E" in key}
    assert states == {
        f"{home_of(name)}/1/state/{name}" for name in NAMES if expected[name, "accepted"]
    }


def test_what_bears_no_valid_signature_leaves_no_state_behind() -> None:
    log = {("fenghuo.events", 0): [garbage(f"E{number}", 0, number) for number in range(9)]}
    world = run(world_of(log))
    assert not [key for key in world.table() if b"/state/" in key]
