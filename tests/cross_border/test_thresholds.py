"""Each threshold at, below and above it: its standing, its obligation, its incident."""

from typing import Any

import pytest

from pipeline.cross_border.policy import CrossBorderPolicy, Declaration, ThresholdChange
from pipeline.cross_border.thresholds import THRESHOLDS
from pipeline.cross_border.weighing import weigh_holdings
from pipeline.intake.drills import for_files
from pipeline.policy import Policy, PolicyFault, read_policy
from pipeline.state import EnterpriseState
from schemas.assessment import Obligation
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.incident import Incident
from schemas.moments import DAY, SECOND
from schemas.registry import Enterprise
from tests.cross_border.builders import NOON, batch, engine, export, run, standings


def duties(decisions: list[Decision]) -> dict[str, Obligation]:
    """The last revision of each obligation."""
    return {one.duty: one for one in decisions if isinstance(one, Obligation)}


def incidents(decisions: list[Decision]) -> dict[str, Incident]:
    """The last revision of each incident."""
    return {one.incident_id: one for one in decisions if isinstance(one, Incident)}


def findings(decisions: list[Decision]) -> list[tuple[str, str, int]]:
    """Each detection's rule, level and revision."""
    return [
        (one.rule_id, one.level, one.revision) for one in decisions if isinstance(one, Detection)
    ]


def of_year(persons: int, kind: str = "personal", **others: Any) -> list[Decision]:
    return run(engine(), batch([export(persons, of_set="crm", kind=kind, **others)]))


@pytest.mark.parametrize(
    ("key", "kind", "persons", "state"),
    [
        ("persons_100k", "personal", 79_999, "below"),
        ("persons_100k", "personal", 80_000, "warning"),
        ("persons_100k", "personal", 99_999, "warning"),
        ("persons_100k", "personal", 100_000, "crossed"),
        ("persons_100k", "personal", 100_001, "crossed"),
        ("persons_100k", "personal", 999_999, "crossed"),
        ("persons_100k", "personal", 1_000_000, "replaced"),
        ("persons_1m", "personal", 799_999, "below"),
        ("persons_1m", "personal", 800_000, "warning"),
        ("persons_1m", "personal", 999_999, "warning"),
        ("persons_1m", "personal", 1_000_000, "crossed"),
        ("persons_1m", "personal", 1_000_001, "crossed"),
        ("sensitive_10k", "sensitive_personal", 7_999, "below"),
        ("sensitive_10k", "sensitive_personal", 8_000, "warning"),
        ("sensitive_10k", "sensitive_personal", 9_999, "warning"),
        ("sensitive_10k", "sensitive_personal", 10_000, "crossed"),
        ("sensitive_10k", "sensitive_personal", 10_001, "crossed"),
        ("sensitive_any", "sensitive_personal", 1, "crossed"),
        ("sensitive_any", "sensitive_personal", 9_999, "crossed"),
        ("sensitive_any", "sensitive_personal", 10_000, "replaced"),
    ],
)
def test_a_threshold_of_persons_is_crossed_at_its_number(
    key: str, kind: str, persons: int, state: str
) -> None:
    decisions = of_year(persons, kind)
    assert standings(decisions)[key].state == state
    duty = duties(decisions).get(f"cross-border-{key.replace('_', '-')}")
    assert (duty is not None) == (state == "crossed")
    assert bool(incidents(decisions)) == any(
        one.state == "crossed" for one in standings(decisions).values()
    )


@pytest.mark.parametrize("kind", ["important", "core"])
def test_any_important_data_is_past_its_threshold(kind: str) -> None:
    decisions = run(engine(), batch([export(kind=kind)]))
    standing = standings(decisions)["important_any"]
    assert (standing.state, standing.figure, standing.bound) == ("crossed", 1, 1)
    assert duties(decisions)["cross-border-important-any"].state == "due_soon"


def test_data_of_no_class_crosses_nothing() -> None:
    decisions = run(engine(critical_infrastructure=True), batch([export(kind="general")]))
    assert not standings(decisions)
    assert not duties(decisions)


@pytest.mark.parametrize(("known", "is_found"), [(True, True), (None, False)])
def test_critical_infrastructure_is_past_it_with_one_person(
    known: bool | None, is_found: bool
) -> None:
    """Where it is unknown the duty is there and says so; nobody is accused on a presumption."""
    decisions = run(engine(critical_infrastructure=known), batch([export(1)]))
    standing = standings(decisions)["cii_any"]
    assert standing.state == "crossed"
    assert standing.presumed == (() if known else ("critical_infrastructure",))
    assert duties(decisions)["cross-border-cii-any"].presumed == standing.presumed
    assert bool(incidents(decisions)) == is_found


def test_an_operator_known_not_to_be_critical_is_not_held_to_it() -> None:
    assert "cii_any" not in standings(of_year(1))


def holding(key: str, **facts: Any) -> tuple[str, int]:
    enterprise = Enterprise(enterprise_id="E1", name="", province="330000", sector="", **facts)
    weighed = {one.threshold.key: one for one in weigh_holdings(CrossBorderPolicy(), enterprise)}
    return weighed[key].state, weighed[key].uncovered


@pytest.mark.parametrize(
    ("persons", "state"),
    [
        (None, "unknown"),
        (7_999_999, "below"),
        (8_000_000, "warning"),
        (9_999_999, "warning"),
        (10_000_000, "crossed"),
        (10_000_001, "crossed"),
    ],
)
def test_ten_million_persons_held(persons: int | None, state: str) -> None:
    assert holding("persons_held_10m", persons=persons)[0] == state


@pytest.mark.parametrize(
    ("users", "listing", "state"),
    [
        (None, "planned", "unknown"),
        (799_999, "planned", "below"),
        (800_000, "planned", "warning"),
        (1_000_000, "planned", "warning"),
        (1_000_001, "planned", "crossed"),
        (1_000_001, "filed", "crossed"),
        (1_000_001, "none", "below"),
        (1_000_001, None, "unknown"),
        (100, None, "below"),
    ],
)
def test_a_million_users_before_a_listing_abroad(
    users: int | None, listing: str | None, state: str
) -> None:
    """超过100万: a million itself is not past it."""
    shown, uncovered = holding("users_1m_listing", users=users, listing_abroad=listing)
    assert shown == state
    assert (uncovered > 0) == (listing == "planned" and users is not None)


def test_what_the_registry_says_makes_duties_without_any_export() -> None:
    held = EnterpriseState()
    before = engine(persons=12_000_000, users=2_000_000, listing_abroad="planned")
    first = duties(before.process(held, batch([], received_at=NOON)))
    assert {name: one.state for name, one in first.items()} == {
        "cross-border-persons-held-10m": "due_soon",
        "cross-border-users-1m-listing": "due_soon",
    }
    assert not before.advance(held, "E1", NOON + DAY)
    filed = engine(persons=9_000_000, users=2_000_000, listing_abroad="filed")
    after = duties(filed.advance(held, "E1", NOON + 2 * DAY))
    assert {name: (one.state, one.revision) for name, one in after.items()} == {
        "cross-border-persons-held-10m": ("withdrawn", 2),
        "cross-border-users-1m-listing": ("done", 2),
    }


def test_a_registry_that_learns_of_critical_infrastructure_weighs_the_year_anew() -> None:
    held = EnterpriseState()
    run(engine(), batch([export(5, of_set="crm")]), state=held)
    told = engine(critical_infrastructure=True).advance(held, "E1", NOON + DAY)
    assert standings(told)["cii_any"].state == "crossed"


@pytest.mark.parametrize(
    ("ground", "duty", "is_found"),
    [
        ("", "due_soon", True),
        ("standard_contract", "due_soon", False),
        ("security_assessment", "done", False),
    ],
)
def test_a_million_persons_need_an_assessment(ground: str, duty: str, is_found: bool) -> None:
    decisions = of_year(1_000_000, ground=ground)
    assert duties(decisions)["cross-border-persons-1m"].state == duty
    assert bool(findings(decisions)) == is_found


def test_persons_on_an_exemption_do_not_count() -> None:
    decisions = of_year(2_000_000, ground="human_resources")
    assert not standings(decisions)
    assert not duties(decisions)


def test_there_is_no_exemption_for_important_data() -> None:
    decisions = of_year(5, kind="important", ground="contract_performance")
    assert standings(decisions)["important_any"].state == "crossed"
    assert duties(decisions)["cross-border-important-any"].state == "due_soon"


def test_the_incident_is_an_illegal_operation_and_says_what_left() -> None:
    (incident,) = incidents(of_year(100_000)).values()
    assert (incident.scenario, incident.level) == ("illegal_operation", "high")
    assert "100,000" in incident.story_zh
    assert "wei.wang" in {one.value for one in incident.entities}


def test_an_upper_bound_is_a_duty_and_a_medium_finding_until_it_is_certain() -> None:
    unknown = [export(60_000, note=note) for note in ("monday", "tuesday")]
    certain = [export(100_000, of_set="crm")]
    decisions = run(engine(), batch(unknown, 0))
    standing = standings(decisions)["persons_100k"]
    assert (standing.state, standing.figure, standing.least) == (
        "possibly_crossed", 120_000, 60_000,
    )  # fmt: skip
    assert "上限" in standing.reason_zh
    assert standing.reason_zh.endswith("应当订立个人信息出境标准合同或者通过个人信息保护认证")
    assert "at most" in standing.reason_en
    assert duties(decisions)["cross-border-persons-100k"].state == "due_soon"
    assert findings(decisions) == [("fenghuo.cross_border.persons_100k", "medium", 1)]
    both = run(engine(), batch(unknown, 0), batch(certain, 1))
    assert findings(both) == [
        ("fenghuo.cross_border.persons_100k", "medium", 1),
        ("fenghuo.cross_border.persons_100k", "high", 2),
    ]


def test_crossing_is_found_once_a_year_however_much_follows() -> None:
    batches = [batch([export(200_000, of_set=f"s{n}")], n) for n in range(4)]
    assert len(findings(run(engine(), *batches))) == 1


def test_a_drill_has_counts_and_duties_of_its_own() -> None:
    reader = engine(Policy(drills=(for_files("spring"),)))
    live, drilled = EnterpriseState(), EnterpriseState()
    lines = [export(60_000, of_set="crm")]
    in_earnest = reader.process(live, batch(lines, 0))
    in_drill = reader.process(
        drilled, batch([*lines, export(60_000, of_set="b")], 1, drill="spring")
    )
    assert standings(in_earnest)["persons_100k"].state == "below"
    duty = duties(in_drill)["cross-border-persons-100k"]
    assert duty.drill == "spring"
    assert duty.reason_zh.startswith("演练")


def test_a_duty_that_was_done_is_due_again_with_the_next_export_without_a_ground() -> None:
    covered = export(100_000, of_set="crm", ground="certification")
    bare = export(5, of_set="staff")
    held = EnterpriseState()
    first = run(engine(), batch([covered], 0), state=held)
    assert duties(first)["cross-border-persons-100k"].state == "done"
    second = run(engine(), batch([bare], 1, NOON + DAY), state=held)
    again = duties(second)["cross-border-persons-100k"]
    assert (again.state, again.revision) == ("due_soon", 2)
    assert findings(second) == [("fenghuo.cross_border.persons_100k", "high", 2)]


def test_the_policy_moves_a_bound_and_the_warning() -> None:
    change = ThresholdChange(threshold="persons_100k", bound=50, reason="provincial rule")
    policy = Policy(cross_border=CrossBorderPolicy(warning_percent=50, changes=(change,)))
    decisions = run(engine(policy), batch([export(25, of_set="crm")]))
    assert standings(decisions)["persons_100k"].state == "warning"


def test_a_ground_that_is_shown_afterwards_makes_the_duty_done() -> None:
    held = EnterpriseState()
    first = run(engine(), batch([export(100_000, of_set="crm")]), state=held)
    assert duties(first)["cross-border-persons-100k"].state == "due_soon"
    shown = Declaration(
        enterprise_id="E1", year=2026, ground="standard_contract", reason="filed 2026-07-01"
    )
    policy = Policy(cross_border=CrossBorderPolicy(declarations=(shown,)))
    after = engine(policy).advance(held, "E1", NOON + DAY)
    assert duties(after)["cross-border-persons-100k"].state == "done"
    assert standings(after)["persons_100k"].undeclared == 0
    assert not findings(run(engine(policy), batch([export(200_000, of_set="b")]), state=held))


def test_a_change_of_an_unknown_threshold_is_named() -> None:
    text = "cross_border: {changes: [{threshold: persons_2m, bound: 5, reason: typo}]}"
    with pytest.raises(PolicyFault, match=r"cross_border.changes\[0\].threshold.*persons_1m"):
        read_policy(text, "policy.yml")


@pytest.mark.parametrize("row", THRESHOLDS, ids=lambda row: row.key)
def test_every_row_cites_its_article_in_both_languages(row: Any) -> None:
    assert "《" in row.article.zh
    assert row.article.en.isascii()
    assert row.limit_zh
    assert row.limit_en


def test_replay_in_one_batch_or_many_tells_the_same_standings() -> None:
    lines = [export(30_000, of_set=f"s{n % 5}", note=str(n)) for n in range(12)]
    whole = run(engine(), batch(lines))
    parts = [batch([line], n, NOON + n * SECOND) for n, line in enumerate(reversed(lines))]
    split = run(engine(), *parts)
    one, other = (
        {key: (it.state, it.figure, it.least) for key, it in standings(decisions).items()}
        for decisions in (whole, split)
    )
    assert one == other
    assert one["persons_100k"] == ("crossed", 150_000, 150_000)
