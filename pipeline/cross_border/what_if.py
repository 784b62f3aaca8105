"""How these exports would stand to the thresholds, and why: `fenghuo policy try`, purely."""

from pipeline.cross_border.counting import Subject, Year
from pipeline.cross_border.policy import CrossBorderPolicy
from pipeline.cross_border.thresholds import REGISTRY_MEASURES
from pipeline.cross_border.weighing import Weighing, weigh_holdings, weigh_year
from pipeline.cross_border.wording import explain, owed_by
from schemas.facts import TrialExports, TrialFacts
from schemas.registry import Enterprise


def try_exports(policy: CrossBorderPolicy, facts: TrialFacts) -> list[dict[str, object]]:
    """Every threshold that the facts say something of; none without `exports`."""
    if facts.exports is None:
        return []
    exports, operator = facts.exports, facts.operator
    enterprise = Enterprise(
        enterprise_id="trial",
        name="",
        province=operator.province or "",
        sector="",
        critical_infrastructure=operator.critical_infrastructure,
        persons=exports.persons_held,
        users=exports.users,
        listing_abroad=exports.listing_abroad,
    )
    year = exports.year or 0
    weighed = weigh_year(policy, enterprise, _year(exports), year)
    weighed += weigh_holdings(policy, enterprise)
    return [_answer(one, year, facts.drill) for one in weighed if one.figure]


def _year(exports: TrialExports) -> Year:
    """One year in which this left, as one subject each, of persons and of important data."""
    grounds = (exports.legal_ground,)
    persons = Subject(
        kind="set" if exports.are_told_apart else "folded",
        persons=exports.persons,
        sensitive_persons=exports.sensitive_persons,
        important=0,
        unstated=0,
        grounds=grounds,
        destinations=(),
    )
    important = Subject("event", 0, 0, exports.important_exports, 0, grounds, ())
    return Year({1: persons, 2: important})


def _answer(one: Weighing, year: int, drill: str) -> dict[str, object]:
    row = one.threshold
    of_registry = 0 if row.measure in REGISTRY_MEASURES else year
    return {
        "threshold": row.key,
        "state": one.state,
        "figure": one.figure,
        "least": one.least,
        "bound": row.bound,
        "percent": one.percent,
        "undeclared": one.undeclared,
        "uncovered": one.uncovered,
        "owed": owed_by(one, "en") if one.is_owed else "",
        "owed_zh": owed_by(one, "zh") if one.is_owed else "",
        "incident": bool(one.is_crossed and one.undeclared and not one.presumed),
        "presumed": list(one.presumed),
        "reason": explain(one, of_registry, drill, "en"),
        "reason_zh": explain(one, of_registry, drill, "zh"),
        "article": row.article.zh,
        "article_en": row.article.en,
        "confidence": row.confidence,
    }
