"""What goes out on topics: a table from kinds of decisions to topics, keys and wire forms.

Sightings are for our own second stage, the others for subscribers. Sent after the rows are
written and before the state is remembered: at least once each, told apart by their ids.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Any

import msgspec

from pipeline.incidents.ocsf import detection_finding, incident_finding
from pipeline.intake.receipts import receipt_of
from schemas.batch import BatchAccount, DeadLetter
from schemas.campaign import Campaign
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.incident import Incident
from schemas.sighting import Sighting
from schemas.topics import TopicRole


class Form(msgspec.Struct, frozen=True):
    """The topic of a kind of decision, its value on the wire, and the attribute that keys it.

    What is encoded as b"" does not go out.
    """

    role: TopicRole
    encode: Callable[[Any], bytes]
    key: str = "enterprise_id"


def _encode_receipt(account: BatchAccount) -> bytes:
    receipt = receipt_of(account)
    return b"" if receipt is None else msgspec.json.encode(receipt)


FORMS: Mapping[type, Form] = {
    BatchAccount: Form("receipts", _encode_receipt),
    DeadLetter: Form("dead_letters", msgspec.json.encode),
    Incident: Form("incidents", lambda incident: msgspec.json.encode(incident_finding(incident))),
    Detection: Form("detections", lambda each: msgspec.json.encode(detection_finding(each))),
    Campaign: Form("campaigns", msgspec.json.encode, "campaign_id"),
    Sighting: Form("sightings", msgspec.json.encode, "campaign_id"),
}
"""Incidents as OCSF 2005, detections as OCSF 2004, accounts as receipts, the others as they are.
"""


class Publication(msgspec.Struct, frozen=True):
    """One record to send."""

    role: TopicRole
    key: bytes
    value: bytes


def publications_of(
    decisions: Iterable[Decision], forms: Mapping[type, Form] = FORMS
) -> Iterator[Publication]:
    """The decisions that go out, in order."""
    for decision in decisions:
        form = forms.get(type(decision))
        value = b"" if form is None else form.encode(decision)
        if form is not None and value:
            key: str = attrgetter(form.key)(decision)
            yield Publication(form.role, key.encode(), value)
