"""What subscribers read on topics: a table from kinds of decisions to topics and wire forms.

Sent after the rows are written and before the state is remembered: at least once each, told
apart by their ids.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from pipeline.incidents.ocsf import detection_finding, incident_finding
from schemas.batch import DeadLetter
from schemas.decision import Decision
from schemas.detection import Detection
from schemas.incident import Incident
from schemas.topics import TopicRole


class Form(msgspec.Struct, frozen=True):
    """The topic of a kind of decision, and its value on the wire."""

    role: TopicRole
    encode: Callable[[Any], bytes]


FORMS: Mapping[type, Form] = {
    DeadLetter: Form("dead_letters", msgspec.json.encode),
    Incident: Form("incidents", lambda incident: msgspec.json.encode(incident_finding(incident))),
    Detection: Form("detections", lambda each: msgspec.json.encode(detection_finding(each))),
}
"""Dead letters as they are; incidents as OCSF 2005, detections as OCSF 2004."""


class Publication(msgspec.Struct, frozen=True):
    """One record for subscribers, keyed by enterprise."""

    role: TopicRole
    key: bytes
    value: bytes


def publications_of(
    decisions: Iterable[Decision], forms: Mapping[type, Form] = FORMS
) -> Iterator[Publication]:
    """The decisions that subscribers read, in order."""
    for decision in decisions:
        form = forms.get(type(decision))
        if form is not None:
            key = getattr(decision, "enterprise_id", "").encode()
            yield Publication(form.role, key, form.encode(decision))
