"""A duty of exports that an analyst settles: done or waived, audited, due again with more."""

from typing import Any

import msgspec
import pytest

from pipeline.app.command_service import UNPROVED
from pipeline.cross_border.obligations import id_of
from pipeline.path import Engine
from pipeline.policy import Policy
from pipeline.state import EnterpriseState, decode_state, encode_state, enterprise_state
from schemas.assessment import Obligation
from schemas.batch import Record
from schemas.command import Command, CommandOutcome
from schemas.context import Context
from schemas.decision import Decision
from schemas.moments import DAY, HOUR, Moment
from schemas.topics import topic_name
from tests.cross_border.builders import ENTERPRISE, NOON, batch, engine, export, run, standings

SAID_AT: Moment = NOON + 2 * DAY
SETTLED = {"fulfil_obligation": "done", "waive_obligation": "withdrawn"}


def duties(decisions: list[Decision]) -> dict[str, Obligation]:
    return {one.duty: one for one in decisions if isinstance(one, Obligation)}


class Enterprise:
    """One enterprise past the threshold of 100,000 persons, without a ground."""

    def __init__(self, **facts: object) -> None:
        self.engine: Engine = engine(Policy(commands=UNPROVED), **facts)
        self.state = EnterpriseState()
        self.batches = 0
        self.commands = 0
        self.owed = duties(self.send(export(100_000, of_set="crm")))
        self.duty = self.owed["cross-border-persons-100k"]

    def send(self, *lines: bytes) -> list[Decision]:
        self.batches += 1
        at = NOON + self.batches * HOUR
        return run(self.engine, batch([*lines], self.batches, at), state=self.state)

    def say(self, verb: str, **fields: Any) -> list[Decision]:
        self.commands += 1
        command = msgspec.convert(
            {
                "command_id": f"c{self.commands}",
                "enterprise_id": "E1",
                "incident_id": "",
                "verb": verb,
                "analyst": "li",
                "said_at": SAID_AT,
                "reason": "filed as 2026-118",
                "obligation_id": self.duty.obligation_id,
                **fields,
            },
            Command,
        )
        record = Record(
            topic=topic_name("commands"), partition=0, offset=self.commands,
            timestamp=SAID_AT + HOUR, key=b"E1", value=msgspec.json.encode(command),
        )  # fmt: skip
        return self.engine.apply(self.state, self.engine.admit(record))

    def refusal(self, verb: str = "fulfil_obligation", **fields: Any) -> str:
        (outcome,) = self.say(verb, **fields)
        assert isinstance(outcome, CommandOutcome)
        assert not outcome.accepted
        return outcome.refusal


@pytest.mark.parametrize(("verb", "state"), SETTLED.items())
def test_a_duty_is_settled_by_its_id_and_says_by_whom_and_why(verb: str, state: str) -> None:
    enterprise = Enterprise()
    assert enterprise.duty.state == "due_soon"
    told = enterprise.say(verb)
    settled = duties(told)["cross-border-persons-100k"]
    assert (settled.state, settled.revision) == (state, 2)
    assert settled.done_at == (SAID_AT if state == "done" else None)
    for text in (settled.reason_zh, settled.reason_en, standings(told)["persons_100k"].reason_en):
        assert "li" in text
        assert text.endswith("filed as 2026-118")
    assert "应当" not in settled.reason_zh


@pytest.mark.parametrize("verb", SETTLED)
def test_what_is_settled_stays_so_until_more_leaves_without_a_ground(verb: str) -> None:
    enterprise = Enterprise()
    enterprise.say(verb)
    covered = export(70_000, of_set="staff", ground="standard_contract")
    assert not duties(enterprise.send(export(100_000, of_set="crm")))
    assert not duties(enterprise.send(covered))
    again = duties(enterprise.send(export(1, of_set="suppliers")))["cross-border-persons-100k"]
    assert (again.state, again.done_at, again.revision) == ("due_soon", None, 3)
    assert "应当" in again.reason_zh
    assert duties(enterprise.say("fulfil_obligation"))["cross-border-persons-100k"].state == "done"


@pytest.mark.parametrize("verb", SETTLED)
def test_a_mistaken_settlement_is_taken_back_and_the_duty_is_due_since_it_first_was(
    verb: str,
) -> None:
    enterprise = Enterprise()
    enterprise.say(verb, reason="filed under a wrong number")
    again = duties(enterprise.say("reopen_obligation"))["cross-border-persons-100k"]
    assert (again.state, again.done_at, again.revision) == ("due_soon", None, 3)
    assert again.starts_at == enterprise.duty.starts_at
    assert again.reason_zh == enterprise.duty.reason_zh
    settled = duties(enterprise.say(verb))["cross-border-persons-100k"]
    assert (settled.state, settled.revision) == (SETTLED[verb], 4)


def test_what_nobody_settled_or_exports_did_is_not_reopened() -> None:
    enterprise = Enterprise()
    assert "there is none to take back" in enterprise.refusal("reopen_obligation")
    enterprise.say("fulfil_obligation")
    enterprise.send(export(1, of_set="suppliers"))
    assert "there is none to take back" in enterprise.refusal("reopen_obligation")
    assert "what was mistaken" in enterprise.refusal("reopen_obligation", reason="")


def test_what_a_graver_threshold_replaced_is_not_owed_again_when_its_settlement_is_taken_back() -> (
    None
):
    enterprise = Enterprise()
    enterprise.say("fulfil_obligation")
    replaced = duties(enterprise.send(export(1_000_000, of_set="members")))
    assert replaced["cross-border-persons-100k"].state == "withdrawn"
    assert not duties(enterprise.say("reopen_obligation"))
    assert "is withdrawn already" in enterprise.refusal()


def test_a_duty_of_the_registrys_figures_is_settled_alike() -> None:
    enterprise = Enterprise(persons=12_000_000)
    held = enterprise.owed["cross-border-persons-held-10m"]
    told = enterprise.say("fulfil_obligation", obligation_id=held.obligation_id)
    assert duties(told)["cross-border-persons-held-10m"].state == "done"
    assert not duties(enterprise.engine.advance(enterprise.state, "E1", SAID_AT + DAY))


def test_the_settlement_is_part_of_the_state_record() -> None:
    enterprise = Enterprise()
    enterprise.say("waive_obligation")
    enterprise.state = enterprise_state(decode_state("E1", encode_state(enterprise.state)))
    assert not duties(enterprise.send(export(100_000, of_set="crm")))


def test_what_settles_nothing_is_refused_and_says_what_may_be_said() -> None:
    enterprise = Enterprise()
    assert "needs a `reason`" in enterprise.refusal(reason="")
    assert "leave `incident_id` out" in enterprise.refusal(incident_id="some")
    assert "list those that are owed" in enterprise.refusal(obligation_id="f" * 32)
    assert "(none named)" in enterprise.refusal(obligation_id="")
    enterprise.say("fulfil_obligation")
    assert "is done already" in enterprise.refusal("waive_obligation")


@pytest.mark.parametrize(("enterprise_id", "drill"), [("E2", ""), ("E1", "spring")])
def test_the_duty_of_another_enterprise_or_drill_is_not_settled(
    enterprise_id: str, drill: str
) -> None:
    elsewhere = Context(
        enterprise=msgspec.structs.replace(ENTERPRISE, enterprise_id=enterprise_id),
        rule_set_id="",
        drill=drill,
    )
    found = id_of("persons_100k:2026", elsewhere)
    assert "no duty" in Enterprise().refusal(obligation_id=found)


def test_said_twice_it_is_answered_alike_and_changes_nothing() -> None:
    enterprise = Enterprise()
    first = enterprise.say("fulfil_obligation")
    enterprise.commands -= 1
    (again,) = enterprise.say("fulfil_obligation")
    assert again == first[0]
