"""Detections, commands and an analyst's view of a run, for the tests of incidents."""

from collections.abc import Iterable, Sequence

import msgspec

from pipeline.event_time.clock import Clock
from pipeline.incidents.commands import refusal_of
from pipeline.incidents.policy import IncidentPolicy
from pipeline.incidents.state import IncidentsState
from pipeline.incidents.step import expire, handle_command, revise
from schemas.command import Command, CommandOutcome, Verb
from schemas.context import Context
from schemas.detection import Detection, Entity, Level
from schemas.incident import Incident
from schemas.moments import MINUTE, Moment
from schemas.registry import Enterprise

START: Moment = 1_600_000_000_000_000
LATENESS = 5 * MINUTE
POLICY = IncidentPolicy()
ENTERPRISE = Enterprise(
    enterprise_id="steelworks",
    name="Steelworks",
    province="130000",
    sector="steel",
    field="industrial",
    shared_entities=("dc01.corp.example", "10.9.9.9"),
)
CONTEXT = Context(enterprise=ENTERPRISE, rule_set_id="rules-1")


ROLES = ("actor", "target", "tool", "observer")


def entity(text: str) -> Entity:
    """`host:ws5` or `host:ws5:target`."""
    kind, _, value = text.partition(":")
    rest, _, role = value.rpartition(":")
    is_role = role in ROLES
    return msgspec.convert(
        {"kind": kind, "value": rest if is_role else value, "role": role if is_role else ""}, Entity
    )


def detection(
    name: str,
    minute: float,
    *entities: str,
    level: Level = "medium",
    rule: str = "",
    tags: Sequence[str] = (),
    **changes: object,
) -> Detection:
    """A detection of its own rule and event, `minute` minutes after START."""
    time = START + round(minute * MINUTE)
    made = Detection(
        detection_id=name,
        revision=1,
        status="active",
        kind="rule",
        rule_id=rule or f"rule-{name}",
        title=f"Title of {rule or name}",
        level=level,
        tags=tuple(tags),
        scenario="",
        enterprise_id=ENTERPRISE.enterprise_id,
        province=ENTERPRISE.province,
        time=time,
        first_time=time,
        last_time=time,
        received_at=time,
        event_ids=(f"event-{name}",),
        event_count=1,
        entities=tuple(entity(one) for one in entities),
        product="windows",
        category="process_creation",
        service="",
        summary=f"command of {name}",
        late=False,
        drill="",
        rule_set_id="rules-1",
    )
    return msgspec.structs.replace(made, **changes)


def withdrawn(made: Detection) -> Detection:
    """The detection's last revision: it no longer holds."""
    return msgspec.structs.replace(made, revision=made.revision + 1, status="superseded")


class Desk:
    """One enterprise's incidents as they come to an analyst's desk."""

    def __init__(self, policy: IncidentPolicy = POLICY, context: Context = CONTEXT) -> None:
        self.policy = policy
        self.context = context
        self.state = IncidentsState()
        self.received_at: Moment = START
        self.watermark: Moment = 0
        self.emitted: list[Incident] = []

    @property
    def clock(self) -> Clock:
        return Clock(self.watermark, self.received_at)

    def take(self, *detections: Detection) -> list[Incident]:
        """One batch, received a second after the one before, as the engine takes it."""
        self.received_at += 1_000_000
        stamped = [msgspec.structs.replace(one, received_at=self.received_at) for one in detections]
        greatest = max((one.last_time for one in detections), default=0)
        self.watermark = max(self.watermark, greatest - LATENESS)
        return self._keep(
            [
                *revise(self.policy, self.state, stamped, self.clock, self.context),
                *expire(self.policy, self.state, self.clock, self.context),
            ]
        )

    def wait_until(self, minute: float) -> list[Incident]:
        """Event time passes without detections."""
        self.received_at = max(self.received_at, START + round(minute * MINUTE))
        self.watermark = max(self.watermark, START + round(minute * MINUTE))
        return self._keep(expire(self.policy, self.state, self.clock, self.context))

    def say(
        self,
        verb: Verb,
        incident_id: str,
        *,
        analyst: str = "wang",
        command_id: str = "",
        **particulars: object,
    ) -> CommandOutcome:
        """One command; what it changed is kept with the other revisions."""
        self.received_at += 1_000_000
        command = Command(
            command_id=command_id or f"command-{self.received_at}",
            enterprise_id=ENTERPRISE.enterprise_id,
            incident_id=incident_id,
            verb=verb,
            analyst=analyst,
            said_at=self.received_at,
            **particulars,  # type: ignore[arg-type]
        )
        refusal = refusal_of(self.state, command)
        if not refusal:
            self._keep(handle_command(self.policy, self.state, command, self.clock, self.context))
        return CommandOutcome(
            command=command,
            received_at=self.received_at,
            accepted=not refusal,
            refusal=refusal,
        )

    def reload(self) -> None:
        """Write the state and read it back, as a restart does."""
        data = msgspec.msgpack.encode(self.state)
        self.state = msgspec.msgpack.decode(data, type=IncidentsState)

    def current(self) -> dict[str, Incident]:
        """The last revision of each incident."""
        return {one.incident_id: one for one in self.emitted}

    def live(self) -> list[Incident]:
        """What is not superseded, by id."""
        held = self.current()
        return [held[key] for key in sorted(held) if held[key].status != "superseded"]

    def only(self) -> Incident:
        """The one live incident."""
        (incident,) = self.live()
        return incident

    def _keep(self, incidents: Iterable[Incident]) -> list[Incident]:
        kept = list(incidents)
        self.emitted += kept
        return kept


def essence(incidents: Iterable[Incident]) -> list[Incident]:
    """Without what tells of arrival: revision, when revised, when discovered."""
    return [
        msgspec.structs.replace(one, revision=0, revised_at=0, opened_at=0) for one in incidents
    ]
