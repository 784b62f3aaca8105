"""What the engine decides: data that the shell turns into effects, in exactly one place."""

from typing import TypeAlias

from schemas.assessment import Assessment, Obligation
from schemas.batch import BatchAccount, DeadLetter
from schemas.campaign import Campaign, CampaignMember
from schemas.command import CommandOutcome
from schemas.cross_border import ExportCount, ThresholdStanding
from schemas.detection import Detection
from schemas.event import Event
from schemas.exception import RuleException
from schemas.incident import Incident
from schemas.sighting import Sighting

Decision: TypeAlias = (
    Event
    | Detection
    | Incident
    | Assessment
    | Obligation
    | BatchAccount
    | DeadLetter
    | CommandOutcome
    | ExportCount
    | ThresholdStanding
    | RuleException
    | Sighting
    | Campaign
    | CampaignMember
)
"""Tagged union. A sighting goes on to the stage of campaigns and is not stored; each of the
others is one row of one table of the store, written idempotently."""
