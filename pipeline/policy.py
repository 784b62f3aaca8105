"""Everything that a site may decide otherwise, as one value: read from a file, checked whole."""

from collections.abc import Iterator

import msgspec

from pipeline.campaigns.policy import CampaignPolicy
from pipeline.commands.analysts import CommandsPolicy, faults_of_analysts
from pipeline.correlation.policy import CorrelationPolicy
from pipeline.cross_border import thresholds
from pipeline.cross_border.policy import CrossBorderPolicy
from pipeline.event_time.clock import EventTimePolicy
from pipeline.incidents.policy import IncidentPolicy
from pipeline.intake import drills as registered_drills
from pipeline.intake.drills import Drill
from pipeline.intake.organisers import Exercises, faults_of_organisers
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.regimes import faults_of
from schemas.organiser import Organiser
from schemas.quota import Quota


class RulesPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a site says of its events where they do not say it themselves."""

    assumed_source: str = ""
    """Log source of events that say nothing of theirs, as "category/product/service", each of them
    possibly empty; product `*` meets the rules of every product. Default: such an event meets no
    rule that names a product."""


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The policies of all stages; every part has defaults."""

    rules: RulesPolicy = RulesPolicy()
    quota: Quota = Quota()
    event_time: EventTimePolicy = EventTimePolicy()
    correlation: CorrelationPolicy = CorrelationPolicy()
    incidents: IncidentPolicy = IncidentPolicy()
    severity: SeverityPolicy = SeverityPolicy()
    campaigns: CampaignPolicy = CampaignPolicy()
    cross_border: CrossBorderPolicy = CrossBorderPolicy()
    drills: tuple[Drill, ...] = ()
    organisers: tuple[Organiser, ...] = ()
    commands: CommandsPolicy = CommandsPolicy()

    @property
    def exercises(self) -> Exercises:
        """Drills and organisers, as intake asks for them."""
        return Exercises(self.drills, self.organisers)


class PolicyFault(ValueError):
    """A policy that cannot be read: names the file, the place in it and the remedy."""


def read_policy(text: str, file: str) -> Policy:
    """YAML or JSON text to a policy; raises PolicyFault, and nothing of a faulty one is used."""
    try:
        # YAML has times of its own, JSON has them as text: as text both are read alike.
        document = msgspec.to_builtins(msgspec.yaml.decode(text))
        shape = [
            f"{file}: {fault}; correct it there, or leave it out for the default"
            for fault in _faults_of_shape(document)
        ]
    except msgspec.DecodeError as fault:
        raise PolicyFault(
            f"{file}: {fault}; correct it there, or leave it out for the default"
        ) from fault
    if shape:
        raise PolicyFault("\n".join(shape))
    policy = msgspec.convert(document, Policy)
    faults = [f"{file}: severity.{fault}" for fault in faults_of(policy.severity)]
    faults += [f"{file}: {fault}" for fault in registered_drills.faults_of(policy.drills)]
    faults += [f"{file}: {fault}" for fault in thresholds.faults_of(policy.cross_border)]
    faults += [
        f"{file}: {fault}" for fault in faults_of_organisers(policy.organisers, policy.drills)
    ]
    faults += [f"{file}: {fault}" for fault in faults_of_analysts(policy.commands)]
    source = policy.rules.assumed_source
    if source and (source.count("/") != 2 or source != source.lower()):
        faults.append(
            f"{file}: rules.assumed_source: '{source}' is no log source; write it as "
            "category/product/service in lower case, as in '/windows/'"
        )
    if faults:
        raise PolicyFault("\n".join(faults))
    return policy


def _faults_of_shape(document: object) -> Iterator[msgspec.ValidationError]:
    """The first of each section, so that one does not hide those of the others."""
    whole: list[object] = [document]
    sections = (
        [{name: of} for name, of in document.items()] if isinstance(document, dict) else whole
    )
    for section in sections:
        try:
            msgspec.convert(section, Policy)
        except msgspec.ValidationError as fault:
            yield fault
