"""What the specification leaves open and docs/correlation.md decides, one test each."""

import msgspec

from pipeline.correlation.wording import facts_of
from pipeline.sigma.reading.documents import And, Not, RuleName
from tests.correlation.samples import Run, correlation, event, plan_of, rule, seconds_of, timeline

A, B = RuleName("a"), RuleName("b")


def test_without_a_condition_all_listed_rules() -> None:
    assert timeline(plan_of(correlation("temporal", "abc", 5)), "ab").active() == []


def test_a_window_excludes_its_far_edge_to_the_microsecond() -> None:
    plan = plan_of(correlation("event_count", "a", 5, gte=2))
    inside, outside = Run(plan), Run(plan)
    inside.feed((event(0), "a"), (event(4.999999), "a"))
    outside.feed((event(0), "a"), (event(5), "a"))
    assert len(inside.active()) == 1
    assert outside.active() == []


def test_each_group_has_its_own_window() -> None:
    run = Run(plan_of(correlation("event_count", "a", 60, group_by=["user", "host"], gte=2)))
    for number, (user, host) in enumerate([("u", "x"), ("u", "y"), ("v", "x"), ("U", "x")]):
        run.feed((event(number, user=user, host=host), "a"))
    (found,) = run.active()
    assert found.event_ids == ("at0", "at3")  # text compares in any case
    assert found.summary == "2 events: events ≥ 2 within 1m; user u, host x"
    assert found.summary_zh == "2 条日志：1分钟内日志数 ≥ 2（user u、host x）"


def test_fields_are_called_what_people_call_them() -> None:
    group_by = ["Computer", "who"]
    aliases = {"who": {"a": "TargetUserName"}}
    rule = correlation(
        "value_count", "a", 60, group_by=group_by, gte=2, field="IpAddress", aliases=aliases
    )
    run = Run(plan_of(rule))
    for number, address in enumerate(("10.0.0.1", "10.0.0.2")):
        fields = {"Computer": "WS1", "TargetUserName": "li", "IpAddress": address}
        run.feed((event(number, **fields), "a"))
    (found,) = run.active()
    assert found.summary == (
        "2 events: different values of source address ≥ 2 within 1m; host ws1, account li"
    )
    assert found.summary_zh == "2 条日志：1分钟内不同源地址的个数 ≥ 2（主机 ws1、账户 li）"


def test_a_missing_group_field_leaves_the_event_out_and_is_counted() -> None:
    run = Run(plan_of(correlation("event_count", "a", 60, group_by=["user"], gte=2)))
    run.feed((event(0), "a"), (event(1, user=None), "a"), (event(2, user="u"), "a"))
    assert run.active() == []
    assert run.state.counts == {"corr": {"missing_group_field": 2}}


def test_an_alias_reads_another_field_of_each_rule() -> None:
    aliases = {"who": {"a": "SubjectUserName", "b": "TargetUserName"}}
    run = Run(plan_of(correlation("temporal", "ab", 60, group_by=["who"], aliases=aliases)))
    run.feed((event(0, SubjectUserName="u", TargetUserName="v"), "a"))
    run.feed((event(1, SubjectUserName="u", TargetUserName="w"), "b"))
    assert run.active() == []
    run.feed((event(2, SubjectUserName="w", TargetUserName="u"), "b"))
    assert [each.event_ids for each in run.active()] == [("at0", "at2")]


def test_a_dotted_group_field_is_read_as_a_path() -> None:
    run = Run(plan_of(correlation("event_count", "a", 60, group_by=["user.name"], gte=2)))
    run.feed((event(0, user={"name": "u"}), "a"), (event(1, **{"user.name": "u"}), "a"))
    assert len(run.active()) == 1


def test_a_detection_grows_under_its_id_and_a_new_one_begins_after_its_window() -> None:
    run = timeline(plan_of(correlation("event_count", "a", 5, gte=2)), "aaa.....aa")
    rows = [(each.detection_id, each.revision, each.event_count) for each in run.rows]
    first, second = rows[0][0], rows[-1][0]
    assert rows == [(first, 1, 2), (first, 2, 3), (second, 1, 2)]
    assert first != second


def test_one_rule_feeds_every_correlation_that_names_it() -> None:
    plan = plan_of(
        correlation("event_count", "a", 5, gte=2, rule_id="c1"),
        correlation("temporal", "ab", 5, rule_id="c2"),
    )
    assert [each.rule_id for each in timeline(plan, "aab").active()] == ["c1", "c2"]


def test_correlations_feed_correlations_in_the_same_step() -> None:
    plan = plan_of(
        correlation("event_count", "a", 10, group_by=["user"], gte=3, rule_id="failures"),
        correlation(
            "temporal_ordered", ["failures", "b"], 60, group_by=["user"], rule_id="guessed"
        ),
    )
    run = Run(plan)
    for at_s in range(5):
        run.feed((event(at_s, user="u"), "a"))
    (row,) = run.feed((event(20, user="u"), "b"))
    assert (row.rule_id, seconds_of(row.time)) == ("guessed", 20)
    assert row.event_ids == ("at0", "at1", "at2", "at20")  # as the inner one became true
    assert seconds_of(row.first_time) == 0


def test_absence_of_a_correlation() -> None:
    plan = plan_of(
        correlation("event_count", "b", 5, gte=2, rule_id="c1"),
        correlation(
            "temporal", ["a", "c1"], 10, rule_id="c2", expression=And((A, Not(RuleName("c1"))))
        ),
    )
    quiet, answered = timeline(plan, "a.b"), timeline(plan, "a.bb")
    for run in (quiet, answered):
        run.pass_to(100)
    assert [each.rule_id for each in quiet.active()] == ["c2"]
    assert answered.active() == []


def test_an_absence_feeds_a_correlation() -> None:
    plan = plan_of(
        correlation("temporal", "ab", 5, rule_id="c1", expression=And((A, Not(B)))),
        correlation("event_count", ["c1"], 100, gte=2, rule_id="c2"),
    )
    run = timeline(plan, "a.........a")
    run.pass_to(100)
    assert [seconds_of(each.time) for each in run.active()] == [15]


def test_generate_decides_who_speaks_alone() -> None:
    quiet = correlation("event_count", "ab", 5, gte=2, rule_id="c1")
    loud = correlation("event_count", "b", 5, gte=2, rule_id="c2", generate=True)
    plan = plan_of(quiet, loud, correlation("temporal", ["c1", "d"], 5, rule_id="c3"))
    silent = {rule_id: plan.is_silent(rule_id) for rule_id in ("a", "b", "c", "c1", "c2", "c3")}
    assert silent == {"a": True, "b": False, "c": False, "c1": True, "c2": False, "c3": False}


def test_a_late_event_revises_what_was_said() -> None:
    """The watermark is at 4; then an event of 1 comes, and the detection has one event more."""
    run = timeline(plan_of(correlation("event_count", "a", 5, gte=2)), "a...a")
    late = event(1, "late")
    (row,) = run.feed((late, "a"))
    assert (row.revision, row.event_count) == (2, 3)


def test_what_no_longer_holds_is_superseded_visibly() -> None:
    """b comes late into the window of an absence that was already told."""
    plan = plan_of(correlation("temporal", "ab", 5, expression=And((A, Not(B)))))
    run = timeline(plan, "a")
    run.pass_to(6)
    (row,) = run.feed((event(3, "b3"), "b"))
    assert (row.status, row.revision) == ("superseded", 2)
    assert row.detection_id == run.rows[0].detection_id


def test_an_event_older_than_the_hold_is_counted_as_too_late() -> None:
    """Its own source has passed it by more than the hold."""
    run = Run(plan_of(correlation("event_count", "a", 5, gte=2)), late_hold_s=60)
    run.feed((event(0), "a"), received_s=0)
    run.feed((event(100), "a"), received_s=100)
    run.feed((event(200), "a"), received_s=200)
    assert run.feed((event(20, "old"), "a"), received_s=201) == []
    assert run.state.counts == {"corr": {"too_late": 1}}


def test_an_event_from_the_future_counts_as_of_its_receipt() -> None:
    run = Run(plan_of(correlation("event_count", "a", 5, gte=2)))
    run.feed((event(100), "a"), received_s=100)
    run.feed((event(9_999_999), "a"), received_s=101)
    (detection,) = run.active()
    assert seconds_of(detection.time) == 101


def test_what_is_not_a_number_is_left_out_and_counted() -> None:
    run = Run(plan_of(correlation("value_sum", "a", 60, field="amount", gte=3)))
    for number, amount in enumerate(["1", "many", True, None, "nan", 1e300, "2.0"]):
        run.feed((event(number, amount=amount), "a"))
    assert [each.event_ids for each in run.active()] == [("at0", "at6")]
    assert run.state.counts == {"corr": {"not_numeric": 4, "missing_value": 1}}


def test_ids_and_entities_are_cut_and_the_count_is_not() -> None:
    run = Run(plan_of(correlation("event_count", "a", 3600, gte=2)))
    for number in range(150):
        run.feed((event(number, f"e{number:03}", Computer=f"h{number}"), "a"))
    (found,) = run.active()
    assert found.event_count == 150
    assert found.event_ids == tuple(f"e{number:03}" for number in range(100))
    assert [each.value for each in found.entities] == [f"h{number}" for number in range(64)]


def test_without_a_level_the_highest_of_its_rules() -> None:
    plan = plan_of(correlation("event_count", "a", 5, gte=2, level=None))
    assert timeline(plan, "aa").active()[0].level == "low"


def test_ten_thousand_failures_within_an_hour_are_said_once_a_minute() -> None:
    """Growth waits; what was said last counts them all."""
    rule = correlation("event_count", "a", 600, group_by=["user"], gte=10)
    run = Run(plan_of(rule), lateness_s=300)
    for first in range(0, 10_000, 100):
        batch = range(first, first + 100)
        run.feed(*((event(number * 0.36, f"e{number:05}", user="u"), "a") for number in batch))
    run.pass_to(3_600)
    (detection,) = run.active()
    assert detection.event_count == 10_000
    assert len(run.rows) == detection.revision <= 62


def test_growth_is_said_at_once_where_it_names_someone_new() -> None:
    rule = correlation("event_count", "a", 60, gte=2)
    run = Run(plan_of(rule), lateness_s=300)
    run.feed((event(0, user="u", Computer="x"), "a"), (event(1, user="u", Computer="x"), "a"))
    assert run.feed((event(2, user="u", Computer="x"), "a")) == []
    (row,) = run.feed((event(3, user="u", Computer="y"), "a"))
    assert (row.revision, row.event_count) == (2, 4)


def test_growth_is_said_when_it_is_final() -> None:
    rule = correlation("event_count", "a", 60, gte=2)
    run = Run(plan_of(rule), lateness_s=300)
    run.feed((event(0), "a"), (event(1), "a"))
    run.feed((event(2), "a"))
    (row,) = run.pass_to(2)
    assert (row.revision, row.event_count) == (2, 3)
    assert run.pass_to(1_000) == []


def test_a_finding_quotes_titles_in_its_language_where_their_author_gave_one() -> None:
    read, sent = rule("read"), rule("sent")
    head = msgspec.structs.replace(read.head, title="Read", title_zh="读取")
    rules = {"read": msgspec.structs.replace(read, head=head), "sent": sent}
    within = correlation("temporal_ordered", ["read", "sent"], 4 * 3_600)
    either = correlation(
        "temporal", ["read", "sent"], 90, expression=And((RuleName("read"), Not(RuleName("sent"))))
    )
    assert facts_of(within, rules, []) == {
        "en": "Read, then Rule sent within 4h",
        "zh": "4小时内“读取”，随后“Rule sent”",
    }
    assert facts_of(either, rules, []) == {
        "en": "Read and no Rule sent within 90s",
        "zh": "90秒内“读取”且没有“Rule sent”",
    }
