"""The life cycle: what analysts may say, what evidence and quiet do."""

from typing import get_args

import pytest

from pipeline.incidents.commands import REGROUPING
from pipeline.incidents.lifecycle import TRANSITIONS, allowed_verbs, next_status
from schemas.command import Impact, Verb
from schemas.incident import Status
from tests.incidents.builders import Desk, detection, withdrawn

VERBS: tuple[Verb, ...] = tuple(verb for verb in get_args(Verb) if verb not in REGROUPING)
"""Those that leave the incidents as many as they are; the others: `test_by_hand.py`."""
STATUSES: tuple[Status, ...] = ("new", "in_progress", "on_hold", "resolved", "closed")
LEADING: dict[Status, tuple[Verb, ...]] = {
    "new": (),
    "in_progress": ("start",),
    "on_hold": ("hold",),
    "resolved": ("resolve",),
    "closed": ("close",),
}
"""Verbs that lead from new to each status."""
CONTENT: dict[str, dict[str, object]] = {
    "impact": {"impact": Impact(persons=10)},
    "override": {"regime": "miit", "tier": "II", "reason": "known plant"},
    "reported": {"obligation_id": "o1"},
}


def _open(status: Status = "new") -> tuple[Desk, str]:
    desk = Desk()
    desk.take(detection("a", 0, "host:ws1", level="high", rule="r"))
    incident_id = desk.only().incident_id
    for verb in LEADING[status]:
        assert desk.say(verb, incident_id).accepted
    assert desk.only().status == status
    return desk, incident_id


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_in_every_status_does_what_the_table_says(status: Status, verb: Verb) -> None:
    desk, incident_id = _open(status)
    content = dict(CONTENT.get(verb, {}))
    if verb == "end_task":
        assert desk.say("add_task", incident_id, reason="look").accepted
        (content["task_id"],) = desk.state.cases[incident_id].tasks
    outcome = desk.say(verb, incident_id, **content)  # type: ignore[arg-type]
    expected = next_status(status, verb)
    assert outcome.accepted == (expected is not None)
    assert desk.only().status == (expected or status)
    if expected is None:
        assert f"{verb} is not allowed while {status}" in outcome.refusal
        assert all(each in outcome.refusal for each in allowed_verbs(status))


def test_the_table_never_leads_to_superseded() -> None:
    assert "superseded" not in TRANSITIONS.values()
    assert all(held != "superseded" for held, _ in TRANSITIONS)


def test_an_unknown_incident_is_refused_with_the_remedy() -> None:
    outcome = Desk().say("close", "nowhere")
    assert not outcome.accepted
    assert "list the incidents that are held" in outcome.refusal


def test_a_superseded_incident_refuses_and_names_its_heir() -> None:
    desk, gone = _open()
    desk.take(detection("earlier", -1, "host:ws1", level="low"))
    assert f"act on {desk.only().incident_id}" in desk.say("start", gone).refusal


def test_confirming_takes_it_up_and_says_that_it_occurred() -> None:
    desk, incident_id = _open()
    desk.say("confirm", incident_id, analyst="zhao")
    incident = desk.only()
    assert (incident.confirmed, incident.assignee, incident.confidence) == (True, "zhao", 100)


def test_closing_a_confirmed_one_without_a_verdict_is_a_true_positive() -> None:
    desk, incident_id = _open()
    desk.say("confirm", incident_id)
    desk.say("close", incident_id)
    assert desk.only().verdict == "true_positive"


def test_a_false_positive_takes_the_confirmation_back() -> None:
    desk, incident_id = _open()
    desk.say("confirm", incident_id)
    desk.say("close", incident_id, verdict="false_positive")
    assert not desk.only().confirmed


def test_new_evidence_reopens_what_was_closed() -> None:
    desk, incident_id = _open()
    desk.say("close", incident_id, verdict="true_positive")
    desk.take(detection("b", 5, "host:ws1"))
    assert (desk.only().status, desk.only().verdict) == ("new", "unknown")


def test_new_evidence_brings_what_was_resolved_back_into_work() -> None:
    desk, _ = _open("resolved")
    desk.take(detection("b", 5, "host:ws1"))
    assert desk.only().status == "in_progress"


def test_low_evidence_is_added_without_reopening() -> None:
    desk, _ = _open("closed")
    desk.take(detection("b", 5, "host:ws1", level="low"))
    assert (desk.only().status, desk.only().detection_count) == ("closed", 2)


def test_more_of_what_was_judged_harmless_does_not_reopen_but_another_rule_does() -> None:
    desk, incident_id = _open()
    desk.say("close", incident_id, verdict="false_positive")
    desk.take(detection("again", 5, "host:ws1", level="high", rule="r"))
    assert (desk.only().status, desk.only().detection_count) == ("closed", 2)
    desk.take(detection("other", 6, "host:ws1"))
    assert desk.only().status == "new"


def test_a_new_incident_closes_after_its_quiet_time_and_not_before() -> None:
    desk, _ = _open()
    minutes = desk.policy.quiet_new_s // 60
    assert desk.wait_until(minutes) == []
    (closed,) = desk.wait_until(minutes + 1)
    assert (closed.status, closed.verdict) == ("closed", "unknown")


def test_what_someone_works_on_never_closes_by_itself() -> None:
    desk, _ = _open("in_progress")
    assert desk.wait_until(1_000_000) == []


def test_a_resolved_incident_becomes_closed() -> None:
    desk, _ = _open("resolved")
    (closed,) = desk.wait_until(1 + desk.policy.quiet_resolved_s // 60)
    assert closed.status == "closed"


def test_a_late_discovery_of_an_old_matter_is_not_closed_at_once() -> None:
    desk = Desk()
    desk.wait_until(20_000)
    desk.take(detection("old", 0, "host:ws1", level="high", late=True))
    assert desk.only().status == "new"


def test_what_is_closed_leaves_the_state_after_gap_and_hold() -> None:
    desk, incident_id = _open("closed")
    desk.wait_until(1 + (desk.policy.gap_s + desk.policy.hold_s) // 60)
    assert not desk.state.cases
    assert not desk.state.evidence
    assert not desk.state.entities
    assert "no incident" in desk.say("reopen", incident_id).refusal


def test_context_leaves_after_gap_and_hold() -> None:
    desk = Desk()
    desk.take(detection("a", 0, "host:ws1", level="low"))
    desk.wait_until(100_000)
    assert not desk.state.evidence


def test_an_incident_that_an_analyst_took_up_stays_when_what_opened_it_is_withdrawn() -> None:
    desk = Desk()
    made = detection("b", 1, "host:ws1", kind="correlation")
    desk.take(detection("a", 0, "host:ws1"), made)
    desk.say("start", desk.only().incident_id)
    desk.take(withdrawn(made))
    assert (desk.only().status, desk.only().detection_count) == ("in_progress", 1)


@pytest.mark.parametrize(
    ("verb", "particulars"), [("assign", {"assignee": "zhao"}), ("add_task", {"reason": "call"})]
)
def test_an_incident_that_was_given_to_someone_stays_too(
    verb: Verb, particulars: dict[str, str]
) -> None:
    desk = Desk()
    made = detection("b", 1, "host:ws1", kind="correlation")
    desk.take(detection("a", 0, "host:ws1"), made)
    desk.say(verb, desk.only().incident_id, **particulars)
    desk.take(withdrawn(made))
    assert (desk.only().status, desk.only().detection_count) == ("new", 1)


def test_a_late_finding_reopens_what_was_closed_as_harmless() -> None:
    desk = Desk()
    desk.take(detection("a", 0, "host:ws1", level="high", rule="r1"))
    desk.say("close", desk.only().incident_id, verdict="false_positive")
    desk.take(detection("b", 5, "host:ws1", level="high", rule="r1"))
    assert desk.only().status == "closed"
    found = detection("c", 7, "host:ws1", level="low", rule="r1", late=True, investigation="march")
    desk.take(found)
    assert (desk.only().status, desk.only().verdict) == ("new", "unknown")


def test_merging_keeps_the_status_that_is_most_alive_and_the_earliest_discovery() -> None:
    desk = Desk()
    desk.take(detection("a", 0, "host:ws1", level="high"))
    desk.take(detection("b", 1, "host:ws2", level="high"))
    first, second = sorted(desk.live(), key=lambda one: one.first_time)
    desk.say("confirm", second.incident_id, analyst="zhao")
    desk.take(detection("c", 2, "host:ws1", "host:ws2"))
    merged = desk.only()
    assert merged.incident_id == first.incident_id
    assert (merged.status, merged.confirmed, merged.assignee) == ("in_progress", True, "zhao")
    assert merged.opened_at == first.opened_at
