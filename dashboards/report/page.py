"""The situation as one HTML file that needs nothing else: templates, style and script inline."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboards import words
from dashboards.report import clocks
from dashboards.report.drawing import (
    Axis,
    activity_path,
    axis_of,
    bar_of,
    graph_of,
    place_label,
)
from dashboards.report.labels import LABELS
from dashboards.report.situation import UNGRADED, Case, Judgement, Situation
from dashboards.words import Language, Text, Words, translate
from schemas.incident import DetectionSummary
from schemas.moments import Moment
from schemas.provinces import OUTSIDE, PROVINCES, TILE_COLUMNS, Province

TEMPLATES: Final = Path(__file__).parent / "templates"
TIMELINE_LANES: Final = 40
CLOCKS_SHOWN: Final = 8
_WORDS: Final[dict[str, Words]] = {
    "tier": words.TIER,
    "regime": words.REGIME,
    "regime_short": words.REGIME_SHORT,
    "status": words.STATUS,
    "verdict": words.VERDICT,
    "level": words.LEVEL,
    "obligation": words.DUE,
    "outcome": words.OUTCOME,
    "basis": words.BASIS,
    "stated_by": words.STATED_BY,
    "entity": words.ENTITY,
    "role": words.ROLE,
    "category": words.CATEGORY,
    "scenario": words.SCENARIO,
    "sector": words.SECTOR,
    "tactic": words.TACTIC,
    "channel": words.CHANNEL,
    "indicator": words.INDICATOR,
    "campaign_status": words.CAMPAIGN_STATUS,
    "threshold_state": words.THRESHOLD_STATE,
}
_NO_TIER: Final = Text("未定级", "No tier")


def render_page(situation: Situation, language: Language) -> str:
    """The situation as HTML text in one language."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_filters(situation.made_at, language))
    return environment.get_template("situation.html").render(
        s=situation,
        language=language,
        label=_labels(language),
        columns=TILE_COLUMNS,
        outside=OUTSIDE,
        clocks_shown=CLOCKS_SHOWN,
        timeline=_timeline(situation),
        attack_axis=_attack_axis,
        bar=bar_of,
        place=place_label,
        graph=graph_of,
    )


def _labels(language: Language) -> Callable[..., str]:
    def label(key: str, *values: object) -> str:
        return LABELS[key].of(language).format(*values)

    return label


def _filters(now: Moment, language: Language) -> dict[str, Callable[..., object]]:
    translations = {
        f"{name}_name": partial(_translated, table, language) for name, table in _WORDS.items()
    }
    return {
        **translations,
        "in": lambda row, name: _localised(row, name, language),
        "grade_name": partial(grade_name, language=language),
        "badge": partial(badge, language=language),
        "tile_name": partial(_tile_name, language=language),
        "province_name": lambda code: _province(code, language),
        "time": clocks.format_time,
        "clock": clocks.format_clock,
        "remaining": lambda due: clocks.format_remaining(due, now, language),
        "thousands": lambda number: f"{number:,}",
    }


def _translated(table: Words, language: Language, key: str) -> str:
    return translate(table, key, language)


def _localised(row: object, name: str, language: Language) -> str:
    """A column of the row in the reader's language, or in Chinese where it is empty."""
    chinese = getattr(row, f"{name}_zh", None)
    if chinese is None:
        chinese = getattr(row, name)
    return str((getattr(row, f"{name}_en") if language == "en" else chinese) or chinese)


def _province(code: str, language: Language) -> str:
    province = PROVINCES.get(code)
    if province is None:
        return code
    return province.zh if language == "zh" else province.en


def _tile_name(province: Province, language: Language) -> str:
    """What fits on a tile; a long English name may break after its seventh letter."""
    if language == "zh":
        return province.short_zh
    is_long = len(province.en) > 11 and " " not in province.en
    return f"{province.en[:7]}\u00ad{province.en[7:]}" if is_long else province.en


def grade_name(grade: str, language: Language) -> str:
    """`Ⅰ 级（特别重大）` or `Tier I, particularly major`."""
    if grade == UNGRADED:
        return _NO_TIER.of(language)
    name = words.TIER[grade].of(language)
    return f"{grade} 级（{name}）" if language == "zh" else f"{grade} {name}"


def badge(judgement: Judgement | None, language: Language) -> str:
    """What the law calls it: a warning's colour, or a response level."""
    if judgement is None or judgement.grade == UNGRADED:
        return _NO_TIER.of(language)
    if judgement.row.response_level:
        return words.RESPONSE[judgement.row.response_level].of(language)
    if colour := judgement.row.issued_colour or judgement.row.colour:
        return _warning(judgement.row.warning_state or "suggested", colour, language)
    return grade_name(judgement.grade, language)


def _warning(state: str, colour: str, language: Language) -> str:
    """A colour that nobody issued is called a suggestion."""
    table = words.SUGGESTED if state == "suggested" else words.JUDGEMENT
    return translate(table, colour if state == "suggested" else f"{state} {colour}", language)


def _timeline(situation: Situation) -> dict[str, object] | None:
    """Axis, lanes and the area of activity; None where there is nothing to draw."""
    lanes = situation.cases[:TIMELINE_LANES]
    moments = [moment for case in lanes for moment in (case.row.first_us, case.row.last_us)]
    moments += [row.time_us for row in situation.activity]
    if not moments:
        return None
    axis = axis_of(moments, left=8, right=992)
    base = 34 + 26 * len(lanes) + 56
    return {
        "axis": axis,
        "lanes": [(case, bar_of(axis, case.row.first_us, case.row.last_us)) for case in lanes],
        "area": activity_path(axis, situation.activity, bottom=base, height=44),
        "base": base,
    }


def _attack_axis(case: Case) -> Axis:
    summaries: tuple[DetectionSummary, ...] = case.detections
    moments = [moment for row in summaries for moment in (row.first_time, row.last_time)]
    return axis_of(moments or [case.row.first_us, case.row.last_us], left=0, right=560)
