"""Which rows judge an incident: the instrument in force, the policy's choices and changes."""

from functools import lru_cache
from typing import get_args

import msgspec

from pipeline.severity import cac, miit, public_internet
from pipeline.severity.articles import Article
from pipeline.severity.facts import KINDS
from pipeline.severity.limbs import Condition, Instrument, Limb, Row
from pipeline.severity.obligation_table import DUTIES, DUTY_OF
from pipeline.severity.policy import Choices, LimbChange, SeverityPolicy
from schemas.assessment import Confidence, Regime
from schemas.ids import content_id
from schemas.moments import Moment

REGIMES: tuple[Regime, ...] = get_args(Regime)
"""Each regime has its own result: never merged."""

INSTRUMENTS: tuple[Instrument, ...] = (
    miit.INSTRUMENT,
    cac.INSTRUMENT,
    public_internet.INSTRUMENT,
)
"""Every instrument, also those no longer in force."""


def instrument_in_force(regime: Regime, discovered_at: Moment) -> Instrument | None:
    """The instrument in force when the incident was discovered; None where there was none."""
    for instrument in INSTRUMENTS:
        until = instrument.until
        if (
            instrument.regime == regime
            and instrument.since <= discovered_at
            and (until is None or discovered_at < until)
        ):
            return instrument
    return None


def binds(regime: Regime, field: str) -> bool:
    """Whether an operator of this field of data is, or may be, judged by the regime at all."""
    fields = [one.fields for one in INSTRUMENTS if one.regime == regime]
    return any(not named or field in named for named in fields)


@lru_cache(maxsize=512)
def limbs_in_force(
    policy: SeverityPolicy, regime: Regime, province: str, discovered_at: Moment
) -> tuple[Limb, ...]:
    """The limbs for one incident, changes of policy and province applied; () if none."""
    instrument = instrument_in_force(regime, discovered_at)
    if instrument is None:
        return ()
    limbs = tuple(_read(limb, policy.choices) for limb in instrument.limbs)
    for change in policy.changes:
        if change.regime == regime and change.province in ("", province):
            limbs = tuple(_change(limb, change) for limb in limbs)
    return tuple(limb for limb in limbs if limb.rows)


def _read(limb: Limb, choices: Choices) -> Limb:
    """The limb with the rows that hold under the readings chosen."""
    rows = tuple(
        row for row in limb.rows if not row.choice or getattr(choices, row.choice) == row.reading
    )
    return msgspec.structs.replace(limb, rows=rows)


def _change(limb: Limb, change: LimbChange) -> Limb:
    if limb.key != change.limb:
        return limb
    rows = tuple(_change_row(row, change) if row.tier == change.tier else row for row in limb.rows)
    article = Article(change.article, change.article) if change.article else limb.article
    return msgspec.structs.replace(limb, rows=rows, article=article)


def _change_row(row: Row, change: LimbChange) -> Row:
    tests = tuple(
        Condition(test.fact, change.at_least, change.below) if test.fact == change.fact else test
        for test in row.tests
    )
    confidence: Confidence = "background" if change.unconfirmed else "full_text"
    return msgspec.structs.replace(
        row, tests=tests, confidence=confidence, note=f"change: {change.reason}"
    )


@lru_cache(maxsize=16)
def severity_policy_id(policy: SeverityPolicy) -> str:
    """Content id of everything that decides a tier: the policy and the tables of law."""
    encode = msgspec.json.encode
    tables = (*INSTRUMENTS, DUTIES)
    return content_id("severity-policy", encode(policy), *(encode(table) for table in tables))


def faults_of(policy: SeverityPolicy) -> list[str]:
    """Every fault that types alone do not show: place, cause and remedy of each."""
    return [
        *(fault for index, change in enumerate(policy.changes) for fault in _faults(index, change)),
        *_duty_faults(policy),
        *(
            f"major_events[{index}].until: not after since; correct one of them"
            for index, event in enumerate(policy.major_events)
            if event.until <= event.since
        ),
        *_estimate_faults(policy),
    ]


def _faults(index: int, change: LimbChange) -> list[str]:
    place = f"changes[{index}]"
    instruments = [one for one in INSTRUMENTS if one.regime == change.regime]
    limbs = {limb.key: limb for one in instruments for limb in one.limbs}
    limb = limbs.get(change.limb)
    if limb is None:
        return [f"{place}.limb: {change.limb!r} is no limb of {change.regime}; use {list(limbs)}"]
    facts = [test.fact for row in limb.rows if row.tier == change.tier for test in row.tests]
    if change.fact not in facts or KINDS[change.fact].words:
        return [f"{place}.fact: {change.fact!r} is no figure of that row; its facts are {facts}"]
    if change.at_least is None and change.below is None:
        return [f"{place}: no bound given; state at_least, below or both"]
    if None not in (change.at_least, change.below) and change.at_least >= change.below:  # type: ignore[operator]
        return [f"{place}: at_least is not under below; no value could meet the row"]
    return []


def _duty_faults(policy: SeverityPolicy) -> list[str]:
    faults = []
    for index, change in enumerate(policy.duty_changes):
        limits = (change.limit_minutes, change.limit_working_days, change.limit_days)
        if change.duty not in DUTY_OF:
            known = list(DUTY_OF)
            faults.append(f"duty_changes[{index}].duty: {change.duty!r} is unknown; use {known}")
        if sum(limit is not None for limit in limits) != 1:
            faults.append(f"duty_changes[{index}]: give exactly one of the three limits")
    return faults


def _estimate_faults(policy: SeverityPolicy) -> list[str]:
    """Words of the estimates that are no words of their fact, and missing or repeated rows."""
    faults = [
        f"{place}: {word!r} is no word of {fact}; use {['', *KINDS[fact].words]}"
        for place, fact, words in (
            *(
                (f"estimates[{index}].production_harm", "production_harm", row.production_harm)
                for index, row in enumerate(policy.estimates)
            ),
            *(
                (f"threats[{index}].threat", "threat", row.threat)
                for index, row in enumerate(policy.threats)
            ),
        )
        for word in words
        if word and word not in KINDS[fact].words
    ]
    stages = [row.stage for row in policy.estimates]
    if len(stages) != len(set(stages)):
        faults.append("estimates: a stage is given twice; keep one row a stage")
    return faults
