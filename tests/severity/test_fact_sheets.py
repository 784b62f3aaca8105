"""Fact sheets as officials fill them in, each answer worked out by hand from the texts first.

MIIT 2024/214 annex 1 and §§3.1, 4.2, 5.1; CAC 2025 Arts 4, 8 and its annex; the Public Internet
Plan of 2017; Measures 2022 Art. 28; Network Data Regulations Art. 10; Civil Code Art. 203, 1259.
The calendar of 2026: 1 to 5 May and 1 to 7 October are holidays, Saturday 10 October is worked.
"""

from typing import Any, NamedTuple

import msgspec
import pytest

from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.what_if import try_facts
from schemas.facts import TrialFacts

INDUSTRIAL = {
    "province": "330000", "field": "industrial", "critical_infrastructure": False,
    "central_organ": False,
}  # fmt: skip
MORNING = "2026-03-02T09:00:00+08:00"


class Sheet(NamedTuple):
    """What was found; MIIT's, CAC's and the public internet's tier; duties and when they are due.

    A duty without a figure in the text is due at no moment: "".
    """

    facts: dict[str, Any]
    tiers: tuple[str | None, str | None, str | None]
    duties: dict[str, str]


SHEETS = {
    "a telecom operator's lesser facilities are down for 30 h, 150,000 users' data leaked": Sheet(
        {
            "operator": {**INDUSTRIAL, "field": "telecom"},
            "facilities": "related", "outage_hours": 30, "persons": 150_000,
        },
        ("III", "IV", "IV"),
        {
            "miit-report": "", "miit-up-iii": "", "miit-regions-iii": "",
            "internet-phone-office": "", "internet-phone-administration": "", "pipl-persons": "",
        },
    ),
    "important frequencies are disturbed for exactly 12 h": Sheet(
        {
            "operator": {**INDUSTRIAL, "field": "radio"},
            "facilities": "important", "outage_hours": 12,
        },
        ("II", "IV", None),
        {"miit-up-phone": "2026-03-02T09:10:00", "miit-up-written": "2026-03-02T09:30:00",
         "miit-group-phone": "2026-03-02T09:20:00", "miit-group-written": "2026-03-02T09:40:00"},
    ),
    "a factory's own home page is defaced for exactly half an hour": Sheet(
        {"illegal_content_page": "home", "illegal_content_minutes": 30},
        (None, "III", None),
        {"cac-other": "2026-03-02T13:00:00"},
    ),
    "a central news site cannot be reached for a day": Sheet(
        {"news_site": "central", "portal_outage_minutes": 1_440},
        (None, "I", None),
        {"cac-other": "2026-03-02T13:00:00", "cac-other-up": "2026-03-02T14:00:00"},
    ),
    "illegal content on a large platform was reposted 10,000 times": Sheet(
        {"platform": "large_platform", "reposts": 10_000},
        (None, "II", None),
        {"cac-other": "2026-03-02T13:00:00"},
    ),
    "critical infrastructure is down as a whole for exactly ten minutes": Sheet(
        {
            "operator": {**INDUSTRIAL, "critical_infrastructure": True},
            "outage_minutes": 10, "critical_infrastructure_scope": "whole",
        },
        ("IV", "III", None),
        {"cac-cii-protection": "2026-03-02T10:00:00", "cac-cii-police": "2026-03-02T10:00:00"},
    ),
    "core data under a slight threat": Sheet(
        {"data_class": "core", "threat": "slight"},
        ("II", "IV", None),
        {"miit-graded-data": "", "miit-graded-data-up": "", "miit-up-phone": "2026-03-02T09:10:00"},
    ),
    "sensitive personal information of exactly 100,000 persons": Sheet(
        {"sensitive_persons": 100_000},
        ("III", "IV", None),
        {"miit-report": "", "miit-users": "", "pipl-authority": "", "network-data-persons": ""},
    ),
    "a loss of exactly 20 million yuan at a state organ": Sheet(
        {
            "operator": {**INDUSTRIAL, "central_organ": True},
            "direct_loss_cny": 20_000_000,
        },
        ("IV", "II", None),
        {"cac-organ": "2026-03-02T11:00:00", "cac-organ-up": "2026-03-02T12:00:00"},
    ),
    "a closing report whose thirtieth day is Labour Day": Sheet(
        {"direct_loss_cny": 5_000_000, "handling_ended_at": "2026-04-01T18:00:00+08:00"},
        ("IV", "III", None),
        {"cac-other-closing": "2026-05-06T23:59:59"},
    ),
    "summaries over National Day, with a Saturday that is worked": Sheet(
        {"direct_loss_cny": 100_000_000, "handling_ended_at": "2026-09-29T18:00:00+08:00"},
        ("II", "I", None),
        {"miit-summary": "2026-10-12T23:59:59", "miit-summary-up": "2026-10-19T23:59:59"},
    ),
    "a flaw of the enterprise's own product touches the public interest": Sheet(
        {"product_flaw": "public_interest"},
        (None, None, None),
        {"network-data-flaw": "2026-03-03T09:00:00", "vulnerability-platform":
         "2026-03-04T23:59:59"},
    ),
    "a leak of a million persons' information may occur": Sheet(
        {"occurred": False, "persons": 1_000_000},
        ("III", "III", None),
        {"miit-risk": "", "pipl-authority": "", "pipl-persons": ""},
    ),
    "half a province cannot work as usual": Sheet(
        {"affected_area": "province", "affected_share_percent": 50},
        (None, "I", None),
        {"cac-other": "2026-03-02T13:00:00", "cac-other-peers": "2026-03-02T14:00:00"},
    ),
    "important data under a slight threat, handled": Sheet(
        {"data_class": "important", "threat": "slight",
         "handling_ended_at": "2026-03-05T18:00:00+08:00"},
        ("IV", "IV", None),
        {"miit-graded-data": "", "miit-graded-data-up": "", "miit-graded-data-summary": ""},
    ),
}  # fmt: skip
NEVER = {
    "a leak of a million persons' information may occur": ("miit-report", "cac-other"),
    "important data under a slight threat, handled": ("miit-summary", "cac-other-closing"),
    "core data under a slight threat": ("cac-other",),
}
"""What these facts must not ask for."""


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_answered_as_the_texts_answer_it(name: str) -> None:
    facts, tiers, duties = SHEETS[name]
    sheet = {"operator": INDUSTRIAL, "discovered_at": MORNING, **facts}
    answer: Any = try_facts(SeverityPolicy(), msgspec.convert(sheet, TrialFacts))
    told = {one["duty"]: one["due_at_local"] or "" for one in answer["obligations"]}
    assert tuple(answer[one]["tier"] for one in ("miit", "cac", "public_internet")) == tiers
    assert {duty: told.get(duty, "not owed")[:19] for duty in duties} == duties
    assert not set(NEVER.get(name, ())) & set(told)
    if not any(tiers):
        assert {duty for duty in told if duty.startswith(("miit", "cac"))} == set()
