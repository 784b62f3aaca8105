"""Our own format for what data security is about: what was done to data, by whom, to how much.

Data Security Law (2021) and the network data security regulation (2025) ask controllers to
log exactly this; no product's format holds it. The JSON Schema is docs/data-security-event.json.
"""

from collections.abc import Mapping
from typing import Any, get_args

from pipeline.intake.formats.lines import Aliases, Fields, flattened, tagged
from schemas.cross_border import LegalGround

ACTIONS = ("export", "transfer", "backup", "restore", "encryption", "deletion", "access", "change",
           "disclosure", "cross_border_transfer")  # fmt: skip
"""What `action` may be."""
CLASSES = ("general", "important", "core", "personal", "sensitive_personal")
"""What `data.class` may be (Data Security Law, Art. 21; PIPL, Art. 28)."""
GROUNDS = get_args(LegalGround)
"""What `legal_ground` of an export may be."""
OUTCOMES = ("success", "failure", "denied")

NAMES = Aliases(
    {
        "Computer": ("host", "system"),
        "User": ("actor.account",),
        "src_ip": ("actor.ip",),
        "SourceIp": ("actor.ip",),
        "dst_ip": ("destination.ip",),
        "DestinationIp": ("destination.ip",),
        "DestinationHostname": ("destination.host",),
        "TargetFilename": ("object.path",),
    }
)

JSON_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Data security event",
    "type": "object",
    "required": ["schema", "time", "action", "host"],
    "additionalProperties": True,
    "properties": {
        "schema": {"const": "fenghuo.data-security/1"},
        "time": {"type": "string", "format": "date-time"},
        "action": {"enum": list(ACTIONS)},
        "outcome": {"enum": list(OUTCOMES)},
        "host": {"type": "string", "description": "the system that did it"},
        "actor": {
            "type": "object",
            "properties": {"account": {"type": "string"}, "ip": {"type": "string"}},
        },
        "data": {
            "type": "object",
            "properties": {
                "class": {"enum": list(CLASSES)},
                "category": {"type": "string"},
                "records": {"type": "integer", "minimum": 0},
                "bytes": {"type": "integer", "minimum": 0},
                "persons": {"type": "integer", "minimum": 0, "description": "all persons in it"},
                "sensitive_persons": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "those of them whose sensitive information is in it",
                },
                "subjects": {
                    "type": "object",
                    "description": "who the persons are: the same set is counted once a year",
                    "properties": {
                        "set": {"type": "string", "description": "your name of the set"},
                        "digest": {"type": "string", "description": "or a digest of its list"},
                    },
                },
            },
        },
        "object": {
            "type": "object",
            "properties": {
                "system": {"type": "string"},
                "table": {"type": "string"},
                "path": {"type": "string"},
                "parameter": {"type": "string", "description": "of a controller: what changed"},
                "before": {},
                "after": {},
            },
        },
        "destination": {
            "type": "object",
            "properties": {
                "host": {"type": "string"},
                "ip": {"type": "string"},
                "recipient": {"type": "string"},
                "country": {"type": "string", "description": "ISO 3166-1, two letters"},
            },
        },
        "purpose": {"type": "string", "description": "of an export"},
        "legal_ground": {"enum": list(GROUNDS), "description": "of an export"},
        "approval": {"type": "string", "description": "number of the approval, where one is due"},
    },
}


def is_data_security(document: Mapping[str, Any]) -> bool:
    """Whether a document says that it is of this schema."""
    return str(document.get("schema") or "").startswith("fenghuo.data-security/")


def data_security_fields(document: Fields) -> Fields:
    """Dotted names, and Sigma's beside them; `action` is the service."""
    fields = NAMES.add_to(flattened(document))
    action = fields.get("action")
    return tagged(fields, f"data_security//{action if action in ACTIONS else ''}")
