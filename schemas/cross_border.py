"""Data that left the country: counts per enterprise and year, and how they stand to the law."""

from typing import Literal, TypeAlias

import msgspec

from schemas.assessment import Confidence
from schemas.moments import Moment

LegalGround: TypeAlias = Literal[
    "security_assessment",
    "standard_contract",
    "certification",
    "contract_performance",
    "human_resources",
    "emergency",
    "transit",
    "free_trade_zone",
]
"""On what an export rests: one of the three mechanisms, or an exemption of the Provisions on
Cross-Border Data Flows (2024, Art. 4 to 6)."""
MECHANISMS: tuple[LegalGround, ...] = ("security_assessment", "standard_contract", "certification")
"""数据出境安全评估, 个人信息出境标准合同, 个人信息保护认证."""

CountBasis: TypeAlias = Literal["declared", "upper_bound", "at_least", "open"]
"""What a count of persons is: each declared set once; an upper bound, as some exports cannot be
told apart; at least so many, as some do not say how many; neither bound holds."""

ThresholdState: TypeAlias = Literal[
    "below", "warning", "possibly_crossed", "crossed", "replaced", "unknown"
]
"""Below the warning; from there to the threshold; crossed by what may be the same persons twice;
crossed for certain; replaced by the graver threshold of the same count; what decides it is not
stated."""


class ExportCount(msgspec.Struct, frozen=True, kw_only=True, tag="export_count"):
    """What one enterprise sent abroad in one calendar year of China (UTC+8).

    `persons` are those of whom non-sensitive personal information left, `sensitive_persons`
    those of whom sensitive information did: upper bounds, and the `_least` that is certain.
    `exports` are those that can be told apart: declared sets of persons, and single events
    without one. Exports on an exempt ground are counted in `exempt_persons` alone.
    `folded` are exports of which only sums are remembered any more.
    """

    enterprise_id: str
    province: str
    sector: str
    year: int
    revision: int
    exports: int
    sets: int
    persons: int
    persons_least: int
    sensitive_persons: int
    sensitive_persons_least: int
    important_exports: int
    exempt_persons: int
    undeclared_exports: int
    unstated_exports: int
    folded: int
    basis: CountBasis
    destinations: dict[str, int]
    """ISO 3166-1 code (ZZ: not stated) and how many exports went there."""
    purposes: dict[str, int]
    """The most frequent purposes in the enterprise's own words ("": not stated), with their
    exports."""
    grounds: dict[str, int]
    """What exports rest on ("": not declared), with their number; exempt ones too."""
    revised_at: Moment
    drill: str


class ThresholdStanding(msgspec.Struct, frozen=True, kw_only=True, tag="threshold_standing"):
    """How one enterprise stands to one threshold; `year` is 0 where it is not of a year.

    `figure` is what was counted, `least` what of it is certain, `undeclared` what of it rests
    on no declared legal ground, `uncovered` on none that suffices here.
    """

    enterprise_id: str
    province: str
    sector: str
    threshold: str
    year: int
    revision: int
    state: ThresholdState
    figure: int
    least: int
    bound: int
    percent: int
    undeclared: int
    uncovered: int
    presumed: tuple[str, ...]
    reason_zh: str
    reason_en: str
    article: str
    article_en: str
    confidence: Confidence
    revised_at: Moment
    drill: str
