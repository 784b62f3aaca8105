"""Tiers with their reasons, and the duties that follow from them."""

from typing import Annotated, Literal, TypeAlias

import msgspec

from schemas.moments import Moment

Regime: TypeAlias = Literal["miit", "cac", "public_internet"]
"""Those that grade incidents, each with a tier of its own."""
Law: TypeAlias = Literal["miit", "cac", "public_internet", "statute"]
"""Those that make duties: the regimes, and statutes that ask whatever the tier."""
Tier: TypeAlias = Literal["I", "II", "III", "IV"]
Colour: TypeAlias = Literal["red", "orange", "yellow", "blue"]

TIERS: tuple[Tier, ...] = ("I", "II", "III", "IV")
"""Gravest first: 特别重大, 重大, 较大, 一般."""
TIER_ZH: dict[Tier, str] = {"I": "特别重大", "II": "重大", "III": "较大", "IV": "一般"}
TIER_EN: dict[Tier, str] = {
    "I": "particularly major",
    "II": "major",
    "III": "relatively major",
    "IV": "general",
}
TIER_COLOUR: dict[Tier, Colour] = {"I": "red", "II": "orange", "III": "yellow", "IV": "blue"}

Confidence: TypeAlias = Literal["full_text", "excerpt", "secondary", "fragment", "background"]
"""How a figure or duty is known: the instrument's full text was read; an excerpt of it, or a
quotation; a report about it; phrases without context; no source at all."""
UNCONFIRMED: frozenset[Confidence] = frozenset({"secondary", "fragment", "background"})
"""What must be held against the instrument before anyone relies on it."""

Outcome: TypeAlias = Literal["met", "not_met", "unknown"]
Basis: TypeAlias = Literal["observed", "estimated", "reported", "none"]


WarningState: TypeAlias = Literal["", "suggested", "issued", "adjusted", "lifted"]
Words500: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class WarningNotice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warning as it is issued: the eight fields of the MIIT plan, §3.3."""

    colour: Colour
    starts_at: Moment
    scope_and_harm: Words500
    matters: Words500
    measures: Words500
    handle_by: Moment
    distribution: Words500
    issued_by: Literal["mechanism", "local_regulator"]


class LimbResult(msgspec.Struct, frozen=True, kw_only=True):
    """One limb of one tier against the facts: any one limb that is met suffices.

    `value` and `bound` are text with their unit, "" where there is none; in Chinese, with a
    twin in English. `stated_by` and `stated_at` say whose fact it is; `confidence` how the row
    is known, and `unconfirmed` whether that is less than the instrument's own words.
    """

    limb: str
    tier: Tier
    outcome: Outcome
    value: str
    bound: str
    basis: Basis
    stated_by: str
    stated_at: Moment
    article: str
    article_en: str
    text_zh: str
    text_en: str
    finding_zh: str = ""
    finding_en: str = ""
    """The facts that met it, as words of a sentence; "" where it is not met."""
    value_en: str = ""
    bound_en: str = ""
    unconfirmed: bool = False
    confidence: Confidence = "full_text"


class Raise(msgspec.Struct, frozen=True):
    """The smallest change of one fact that would raise the tier to `tier`."""

    tier: Tier
    fact: str
    text_zh: str
    text_en: str


class Assessment(msgspec.Struct, frozen=True, kw_only=True, tag="assessment"):
    """One regime's judgement of one incident; every revision is kept, the highest is current.

    `tier` is None where no limb is met. For an incident that may occur, `colour` is set and
    `response_level` is None; for one that has occurred, the other way round. All of these are
    suggestions of the system. `possible` is the gravest tier that the unknown facts named in
    `asked` leave open. `override_tier` is an expert's, `fixed_tier` the regulator's
    (`fixed_by` names the body and who said so). `standing` is the tier that duties follow: the
    regulator's, else the computed or an expert's, whichever is graver, or the possible one. A
    warning is `suggested` until it is `issued` (then `adjusted`, `lifted`).
    """

    incident_id: str
    enterprise_id: str
    province: str
    regime: Regime
    revision: int
    occurred: bool
    tier: Tier | None
    colour: Colour | None
    response_level: Tier | None
    low: Tier | None
    likely: Tier | None
    high: Tier | None
    limbs: tuple[LimbResult, ...]
    raises: tuple[Raise, ...]
    possible: Tier | None
    asked: tuple[str, ...]
    standing: Tier | None
    fixed_tier: Tier | None
    fixed_by: str
    fixed_at: Moment | None
    warning_state: WarningState
    issued_colour: Colour | None
    warning: WarningNotice | None
    reason_zh: str
    reason_en: str
    override_tier: Tier | None
    override_by: str
    override_reason: str
    assessed_at: Moment
    policy_id: str
    drill: str


ObligationState: TypeAlias = Literal["pending", "due_soon", "done", "late", "withdrawn"]
ENDED_STATES: tuple[ObligationState, ...] = ("done", "withdrawn")
"""States that no clock changes."""


def state_at(
    state: ObligationState, due_soon_at: Moment | None, due_at: Moment | None, now: Moment
) -> ObligationState:
    """How an obligation stands at a moment, whenever it was last written.

    The store's view `obligations` says the same in SQL (`sinks/ddl.py`).
    """
    if state in ENDED_STATES:
        return state
    if due_at is not None and now > due_at:
        return "late"
    return "due_soon" if due_soon_at is not None and now >= due_soon_at else "pending"


class Obligation(msgspec.Struct, frozen=True, kw_only=True, tag="obligation"):
    """Who must tell whom what, by which channel, by when; every revision is kept.

    `due_at` is None where the instrument says only "immediately" or "timely", which `limit`
    then says in its words. `due_soon_at` is when it turns due_soon. `overdue` stays True once
    its deadline has passed undone, whatever becomes of it. `presumed` names unknown facts
    that were taken in their stricter sense.
    """

    obligation_id: str
    incident_id: str
    enterprise_id: str
    province: str
    revision: int
    regime: Law
    duty: str
    sender_zh: str
    sender_en: str
    recipient_zh: str
    recipient_en: str
    channel: str
    form: str
    limit_zh: str
    limit_en: str
    starts_at: Moment
    due_soon_at: Moment | None
    due_at: Moment | None
    state: ObligationState
    done_at: Moment | None
    reason_zh: str
    reason_en: str
    article: str
    article_en: str
    unconfirmed: bool
    confidence: Confidence
    overdue: bool
    presumed: tuple[str, ...]
    revised_at: Moment
    drill: str
