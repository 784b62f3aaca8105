"""The life of an incident, as a table: every pair that is not in it is refused.

    new ──start,confirm──► in_progress ◄──start,confirm── on_hold
     │                       │  │  ▲                          ▲
     │                       │  └──┼──────────hold────────────┘
     ├──resolve──► resolved ◄┘     └── reopen; evidence, if it was resolved
     └──close────► closed ◄── close, quiet      (evidence: closed ──► new)

Rule 1. Analysts move an incident by verbs, evidence reopens what is over, quiet closes what
        nobody took or what is resolved. What someone works on never closes by itself.
Rule 2. superseded is not in the table: it follows from the evidence and nobody moves it.
Rule 3. Facts that come to light after the end (impact, reported) are taken when closed too.
Rule 4. What a regulator decides, what describes an incident and what organises the work on it
        (RULINGS) moves nothing, and is taken in every status. Of incidents that are merged, the
        status that is most alive goes on.
"""

from typing import Literal, TypeAlias

from schemas.command import Verb
from schemas.incident import Status, Verdict

Cause: TypeAlias = Verb | Literal["evidence", "quiet"]

TRANSITIONS: dict[tuple[Status, Cause], Status] = {
    ("new", "start"): "in_progress",
    ("new", "hold"): "on_hold",
    ("new", "confirm"): "in_progress",
    ("new", "impact"): "new",
    ("new", "override"): "new",
    ("new", "reported"): "new",
    ("new", "resolve"): "resolved",
    ("new", "close"): "closed",
    ("new", "evidence"): "new",
    ("new", "quiet"): "closed",
    ("in_progress", "start"): "in_progress",
    ("in_progress", "hold"): "on_hold",
    ("in_progress", "confirm"): "in_progress",
    ("in_progress", "impact"): "in_progress",
    ("in_progress", "override"): "in_progress",
    ("in_progress", "reported"): "in_progress",
    ("in_progress", "resolve"): "resolved",
    ("in_progress", "close"): "closed",
    ("in_progress", "evidence"): "in_progress",
    ("on_hold", "start"): "in_progress",
    ("on_hold", "confirm"): "in_progress",
    ("on_hold", "impact"): "on_hold",
    ("on_hold", "override"): "on_hold",
    ("on_hold", "reported"): "on_hold",
    ("on_hold", "resolve"): "resolved",
    ("on_hold", "close"): "closed",
    ("on_hold", "evidence"): "on_hold",
    ("resolved", "confirm"): "resolved",
    ("resolved", "impact"): "resolved",
    ("resolved", "override"): "resolved",
    ("resolved", "reported"): "resolved",
    ("resolved", "close"): "closed",
    ("resolved", "reopen"): "in_progress",
    ("resolved", "evidence"): "in_progress",
    ("resolved", "quiet"): "closed",
    ("closed", "impact"): "closed",
    ("closed", "reported"): "closed",
    ("closed", "reopen"): "in_progress",
    ("closed", "evidence"): "new",
}

RULINGS: tuple[Verb, ...] = (
    "describe",
    "fix_tier",
    "issue_warning",
    "adjust_warning",
    "lift_warning",
    "end_response",
    "assign",
    "note",
    "add_task",
    "end_task",
    "attach",
    "merge",
    "split",
)
TRANSITIONS.update(
    {(status, verb): status for status in dict.fromkeys(TRANSITIONS.values()) for verb in RULINGS}
)

AFTER_LEAVING: frozenset[Verb] = frozenset(
    {
        "impact",
        "override",
        "reported",
        "describe",
        "fix_tier",
        "issue_warning",
        "adjust_warning",
        "lift_warning",
        "end_response",
        "note",
        "attach",
    }
)
"""What may be said of a closed incident whose evidence has left: what reports and forms ask for.
CAC Art. 8 gives 30 days for the last report, and a case leaves days after it was closed."""

OVER: tuple[Status, ...] = ("resolved", "closed")
MOST_ALIVE: tuple[Status, ...] = ("in_progress", "on_hold", "new", "resolved", "closed")
"""Which status an incident has that several became: the first of theirs here."""

VERDICTS: tuple[Verdict, ...] = (
    "true_positive",
    "false_positive",
    "benign",
    "disregard",
    "suspicious",
    "security_risk",
    "test",
    "duplicate",
    "unknown",
)
OCCURRED: tuple[Verdict, ...] = ("true_positive", "security_risk", "suspicious", "unknown")
"""Verdicts that leave standing that it occurred, once confirmed; the others take it back."""


def next_status(status: Status, cause: Cause) -> Status | None:
    """Where the cause leads from this status, or None: it is not allowed."""
    return TRANSITIONS.get((status, cause))


def allowed_verbs(status: Status) -> tuple[str, ...]:
    """What analysts may say in this status, in the table's order."""
    causes = (cause for held, cause in TRANSITIONS if held == status)
    return tuple(cause for cause in causes if cause not in ("evidence", "quiet"))
