"""Who decides a tier: what the system suggests, an expert says, and the regulator fixes.

Rule 1. The system suggests; the regulator fixes (MIIT plan §4.4). What it fixed stands until
        the suggestion rises above what it was then: the graver of the two holds from there.
Rule 2. Of a tier that nobody fixed, the graver of computed and expert's holds.
Rule 3. A tier of I or II that was reached is lowered only with consent (§4.4.5): until a
        command states it, the tier stands, whatever was corrected. What only an expert said was
        not reached: it may be lifted.
Rule 4. Unknown is not no: while an unknown fact about the operator leaves a graver tier
        possible, duties follow that one, and say so.
"""

import msgspec

from pipeline.severity.duty import MAJOR
from pipeline.severity.judgement import GRAVITY, graver
from pipeline.severity.policy import SeverityPolicy
from pipeline.severity.state import NO_OVERRIDE, IncidentRecord
from schemas.assessment import Regime, Tier
from schemas.moments import Moment


class Standing(msgspec.Struct, frozen=True):
    """What duties hang on: the tier that stands, the certain one of it, and the likely one."""

    tier: Tier | None
    certain: Tier | None
    likely: Tier | None
    judged_at: Moment


def decided(record: IncidentRecord, regime: Regime, computed: Tier | None) -> Tier | None:
    """The tier by rules 1 to 3: what is decided or certain, nothing merely possible."""
    if record.dismissed:
        return None
    # What the regulator fixed an expert of the operator cannot change.
    expert = None if regime in record.fixed else record.overrides.get(regime, NO_OVERRIDE).tier
    return graver(_reached(record, regime, computed), expert, record.held.get(regime))


def _reached(record: IncidentRecord, regime: Regime, computed: Tier | None) -> Tier | None:
    """The computed tier, or the regulator's (rule 1): no expert's."""
    fixed = record.fixed.get(regime)
    # What it weighed it decided; harm that it did not know of is for it to decide anew (§4.4).
    if fixed is None or GRAVITY[computed] > GRAVITY[fixed.computed]:
        return graver(computed, fixed.tier if fixed else None)
    return fixed.tier


def stand(
    policy: SeverityPolicy,
    record: IncidentRecord,
    regime: Regime,
    computed: Tier | None,
    possible: Tier | None,
) -> Tier | None:
    """The tier that duties follow, by all four rules."""
    certain = decided(record, regime, computed)
    strict = policy.choices.unstated_operator == "strictest"
    return graver(certain, possible) if strict and regime not in record.fixed else certain


def hold(record: IncidentRecord, regime: Regime, computed: Tier | None) -> None:
    """Remember that I or II was reached by an incident that has occurred (rule 3)."""
    tier = _reached(record, regime, computed)
    # The consent of §4.4.5 is MIIT's alone, and asked for the two graver tiers.
    if regime == "miit" and record.occurred and not record.dismissed and tier in MAJOR:
        record.held[regime] = graver(tier, record.held.get(regime)) or tier
