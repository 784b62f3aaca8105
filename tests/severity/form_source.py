"""What forms are filled from in tests: one ransomware case, known well or not at all."""

from typing import Any

import msgspec

from pipeline.severity.forms.source import FormSource, facts_of, particulars_of
from schemas.assessment import WarningNotice
from schemas.command import Command, Particulars
from tests.severity.builders import FACTORY, at, command, impact

PRINTED_AT = at("2026-03-05 10:00")
INCIDENT: dict[str, Any] = {
    "incident_id": "a" * 32,
    "enterprise_id": "works-1",
    "province": "330000",
    "sector": "machinery",
    "scenario": "ransomware",
    "category": "恶意程序事件",
    "status": "in_progress",
    "story": "主机被加密 | <script>alert(1)</script>",
    "story_en": "hosts encrypted | <script>alert(1)</script>",
    "first_time": "2026-03-02T00:59:30Z",
    "opened_at": "2026-03-02T16:05:00Z",
    "entity_kinds": ["host"] * 25 + ["address", "account", "file", "hash"],
    "entity_values": [
        *(f"ws-{index}" for index in range(25)),
        "203.0.113.9",
        "zhang",
        r"c:\temp\a.exe",
        "9f86d081",
    ],
    "techniques": ["t1486"],
    "confirmed": True,
    "drill": "",
}
DESCRIBED = Particulars(
    reporter="li",
    telephone="0571-00000000",
    cause="VPN",
    data_types=("production", "management"),
    volume_gb=120,
    personal_records=3_000,
    measures_planned="3 days",
    support_needed="2",
    ransom_cny=500_000,
    ransom_account="bc1q",
    evidence="2 disks",
)
WARNING = WarningNotice(
    colour="red",
    starts_at=at("2026-03-02 09:00"),
    scope_and_harm="3 works",
    matters="VPN",
    measures="VPN 2",
    handle_by=at("2026-03-04 18:00"),
    distribution="works",
    issued_by="mechanism",
)
SAID: tuple[Command, ...] = (
    impact(at("2026-03-03 01:00"), persons=1_200_000, data_class="important"),
    command("hold", at("2026-03-03 01:10"), reason="plant isolated"),
    command("describe", at("2026-03-03 01:20"), particulars=DESCRIBED),
    command("describe", at("2026-03-03 01:30"), particulars=Particulars(cause="VPN 2")),
    impact(at("2026-03-03 02:00"), persons=900_000),
)


def source(**changes: Any) -> FormSource:
    values: dict[str, Any] = {
        "incident": INCIDENT,
        "assessment": {
            "tier": "II",
            "colour": "",
            "reason": "因",
            "reason_en": "because",
            "warning_state": "issued",
            "warning": msgspec.json.encode(WARNING).decode(),
        },
        "enterprise": {"name": "A factory"},
        "facts": facts_of(SAID),
        "particulars": particulars_of(SAID),
        "operator": FACTORY,
        "commands": SAID,
    }
    return FormSource(**{**values, **changes})


def bare() -> FormSource:
    """An incident of which nothing is known."""
    return source(
        incident={"incident_id": "a", "enterprise_id": "e"},
        assessment={},
        enterprise={},
        facts={},
        particulars=Particulars(),
        operator=msgspec.structs.replace(FACTORY, critical_infrastructure=None),
        commands=(),
    )
