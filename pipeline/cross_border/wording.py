"""How a threshold stands, and what is owed for it, in sentences of both languages."""

from pipeline.cross_border.weighing import Weighing
from schemas.glossary import Term, read
from schemas.glossary_cross_border import (
    MEASURE,
    OWED,
    SETTLEMENT,
    THRESHOLD,
    THRESHOLD_STATE,
)
from schemas.language import Language


def explain(weighing: Weighing, year: int, drill: str, language: Language) -> str:
    """Which threshold, what was counted and how sure that is, what is undeclared and owed."""
    parts = [
        f"{read(THRESHOLD, weighing.threshold.key, language)}{_AS[language]}"
        f"{read(THRESHOLD_STATE, weighing.state, language)}",
        _figure(weighing, year, language),
        *(_PRESUMED[name].of(language) for name in weighing.presumed),
        _grounds(weighing, language),
        _settled(weighing, language),
        f"{_SHOULD[language]}{owed_by(weighing, language)}" if weighing.is_owed else "",
    ]
    told = ("；" if language == "zh" else "; ").join(part for part in parts if part)
    return _DRILL.of(language) + told if drill else told


def name_finding(weighing: Weighing, language: Language) -> str:
    """The title of a detection: which threshold, and whether only its upper bound is past it."""
    name = read(THRESHOLD, weighing.threshold.key, language)
    doubt = "" if weighing.state == "crossed" else _BOUND.of(language)
    return f"{_UNDECLARED.of(language)}{name}{doubt}"


def summarise(weighing: Weighing, year: int, language: Language) -> str:
    """The one fact of a detection: how much left, and of it without a declared ground."""
    what = read(MEASURE, weighing.threshold.measure, language)
    if language == "zh":
        told = f"{year}年{what} {weighing.figure:,}"
        return f"{told}，其中未说明合法性依据 {weighing.undeclared:,}"
    return (
        f"{what} in {year}: {weighing.figure:,}, of which {weighing.undeclared:,} without a "
        "declared legal ground"
    )


_UNDECLARED = Term("数据出境未说明合法性依据：", "Exports without a declared legal ground: ")
_BOUND = Term("（按上限）", " (by the upper bound)")


def owed_by(weighing: Weighing, language: Language) -> str:
    """What must be done once the threshold is crossed."""
    return read(OWED, weighing.threshold.owed, language)


_AS: dict[Language, str] = {"zh": "：", "en": ": "}
_DRILL = Term("演练，不产生实际义务：", "drill, no real obligation: ")
_PRESUMED = {
    "critical_infrastructure": Term(
        "是否为关键信息基础设施运营者尚不明确，按从严推定",
        "whether it operates critical infrastructure is not known, and taken in the stricter sense",
    )
}


def _figure(weighing: Weighing, year: int, language: Language) -> str:
    row = weighing.threshold
    if weighing.state == "unknown" and not weighing.figure:
        return _NO_FIGURE.of(language)
    what, figure = read(MEASURE, row.measure, language), f"{weighing.figure:,}"
    if language == "zh":
        when = f"{year}年" if year else ""
        least = f"（上限，至少 {weighing.least:,}）" if weighing.least < weighing.figure else ""
        share = f"，门槛 {row.bound:,}，占 {weighing.percent}%" if row.bound > 1 else ""
        return f"{when}{what} {figure}{least}{share}"
    when = f" in {year}" if year else ""
    least = f" (at most; at least {weighing.least:,})" if weighing.least < weighing.figure else ""
    share = f" of {row.bound:,}, {weighing.percent} per cent" if row.bound > 1 else ""
    return f"{what}{when}: {figure}{least}{share}"


_NO_FIGURE = Term("登记信息未说明人数", "the registry does not say how many")


def _grounds(weighing: Weighing, language: Language) -> str:
    if not weighing.threshold.grounds or not weighing.is_crossed:
        return ""
    if weighing.undeclared:
        count = f"{weighing.undeclared:,}"
        return (
            f"其中 {count} 未说明合法性依据"
            if language == "zh"
            else (f"{count} of them without a declared legal ground")
        )
    return (_UNCOVERED if weighing.uncovered else _COVERED).of(language)


def _settled(weighing: Weighing, language: Language) -> str:
    settlement = weighing.settlement
    if settlement is None or not weighing.is_crossed:
        return ""
    told = SETTLEMENT[settlement.kind].of(language)
    return told.format(analyst=settlement.analyst, reason=settlement.reason)


_SHOULD: dict[Language, str] = {"zh": "应当", "en": "owed: "}
_UNCOVERED = Term(
    "已说明的合法性依据不足以覆盖", "the declared grounds do not suffice for this threshold"
)
_COVERED = Term("均已说明相应的合法性依据", "all on a declared ground that suffices")
