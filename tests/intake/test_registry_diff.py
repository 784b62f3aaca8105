"""What changes from one registry to the next, and what would be switched off without a word."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline.intake.registry_diff import content_of, differences, switched_off
from schemas.moments import datetime_of
from schemas.registry import Enterprise, PublishingKey, Registry

KEYS = st.builds(
    PublishingKey,
    key_id=st.sampled_from(["a", "b"]),
    public_key=st.sampled_from(["k1", "k2"]),
    valid_from=st.integers(0, 2).map(datetime_of),
    valid_until=st.none() | st.integers(2, 4).map(datetime_of),
)
ROWS = st.builds(
    Enterprise,
    enterprise_id=st.sampled_from(["E1", "E2", "E3"]),
    name=st.sampled_from(["x", "y"]),
    province=st.just("330000"),
    sector=st.just("steel"),
    users=st.none() | st.integers(0, 1),
    keys=st.lists(KEYS, max_size=2).map(tuple),
)
REGISTRIES = st.lists(ROWS, unique_by=lambda row: row.enterprise_id).map(
    lambda rows: {row.enterprise_id: row for row in rows}
)


@given(REGISTRIES, REGISTRIES)
def test_laws_the_one_with_the_difference_applied_is_the_other(
    before: Registry, after: Registry
) -> None:
    diff = differences(content_of(before).fields, content_of(after).fields)
    made = {name: row for name, row in before.items() if name not in diff.removed}
    made |= {name: after[name] for name in diff.added}
    for each in diff.changed:
        row = made[each.enterprise_id]
        assert getattr(row, each.field) == each.before != each.after
        made[each.enterprise_id] = msgspec.structs.replace(row, **{each.field: each.after})
    assert made == after
    assert diff.is_empty == (before == after)


def may_sign(registry: Registry, moment: int) -> set[tuple[str, str, str]]:
    return {
        (name, key.key_id, key.public_key)
        for name, row in registry.items()
        for key in row.keys
        if key.valid_from <= datetime_of(moment)
        and (key.valid_until is None or datetime_of(moment) < key.valid_until)
    }


@given(REGISTRIES, REGISTRIES)
def test_laws_whoever_could_sign_and_no_longer_can_is_named(
    before: Registry, after: Registry
) -> None:
    found = switched_off(content_of(before), content_of(after), set(), set())
    for moment in range(6):
        lost = may_sign(before, moment) - may_sign(after, moment)
        assert {name for name, _, _ in lost} <= {*found.get("keys", [])}
    if before == after:
        assert found == {}


def test_a_key_that_lasts_longer_is_no_loss_and_one_that_was_replaced_is() -> None:
    def with_key(**changes: object) -> Registry:
        key = msgspec.structs.replace(
            PublishingKey("a", "k", datetime_of(5), datetime_of(9)), **changes
        )
        row = Enterprise(enterprise_id="E1", name="", province="", sector="", keys=(key,))
        return {"E1": row}

    def lost(**changes: object) -> bool:
        after = content_of(with_key(**changes))
        return "keys" in switched_off(content_of(with_key()), after, set(), set())

    assert not lost(valid_until=None)
    assert not lost(valid_from=datetime_of(0), valid_until=datetime_of(10))
    for changes in (
        {"public_key": "other"},
        {"valid_until": datetime_of(8)},
        {"valid_from": datetime_of(6)},
    ):
        assert lost(**changes), changes


def test_only_who_leaves_takes_incidents_and_state_along() -> None:
    rows = {
        name: Enterprise(enterprise_id=name, name="", province="", sector="")
        for name in ("E1", "E2")
    }
    after = content_of({"E2": rows["E2"]})
    assert switched_off(content_of(rows), after, {"E1", "E2"}, {"E2"}) == {"incidents": ["E1"]}
    assert switched_off(content_of(rows), after, set(), {"E1"}) == {"state": ["E1"]}
