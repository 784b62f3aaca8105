"""Incidents as a person reads them on a terminal: gravest first, a few lines each (shell)."""

from collections.abc import Sequence
from typing import get_args

from rich.console import Console

from pipeline.cli.incident_table import late_mark
from pipeline.cli.terminal import cell
from schemas.assessment import Regime
from schemas.glossary import COLOUR, INCIDENT, STATUS, WARNING, Term, read
from schemas.language import Language
from schemas.provinces import PROVINCES
from schemas.scenarios import SCENARIOS
from sinks.contract import Answer

_STYLES = {"red": "bold white on red", "orange": "bold black on dark_orange",
           "yellow": "bold black on yellow", "blue": "bold white on blue"}  # fmt: skip
_NO_TIER = Term("未定级", "no tier")
_DETECTIONS = Term(f"条{INCIDENT['detection'].zh}", "detections")
_BECAUSE = Term("理由", "because")
_NONE = Term("没有事件。", "No incidents.")
_OCCURRED = Term("已发生", "has occurred")
_SUGGESTED = Term("建议预警等级：{colour}（{state}）", "suggested warning: {colour} ({state})")
_WARNED = Term("{colour}（{state}）", "{colour} ({state})")


def print_incidents(console: Console, incidents: Sequence[Answer], lang: Language = "zh") -> None:
    """Tier in its colour, title, who and where, the story, the tier's reasons."""
    if not incidents:
        console.print(_NONE.of(lang))
    for incident in incidents:
        for line in _lines(incident, lang):
            console.print(line, soft_wrap=False)
        console.print()


def _lines(incident: Answer, lang: Language) -> list[str]:
    suffix = "_en" if lang == "en" else ""
    tier = str(incident["fixed_tier"] or incident["miit_tier"] or _NO_TIER.of(lang))
    colour, shade = _warning(incident, lang)
    style = _STYLES.get(colour, "reverse")
    enterprise = cell(incident["enterprise"] or incident["enterprise_id"])
    place = f"{enterprise} · {_province(incident, lang)}"
    title, status = (
        cell(incident[f"title{suffix}"]),
        cell(read(STATUS, str(incident["status"]), lang)),
    )
    late = late_mark(incident, lang)
    return [
        f"[{style}] {tier} {cell(shade)} [/]{_experts(incident, lang)} [bold]{title}[/]",
        f"  {place} · {_scenario(incident, lang)} · {incident['detection_count']} "
        f"{_DETECTIONS.of(lang)} · {status} · [dim]{str(incident['incident_id'])[:12]}[/]",
        *([f"  [bold]{cell(late)}[/]"] if late else ()),
        f"  {cell(incident[f'story{suffix}'])}",
        f"  [dim]{_BECAUSE.of(lang)}: {cell(incident[f'miit_reason{suffix}'] or '-')}[/]",
    ]


def _experts(incident: Answer, lang: Language) -> str:
    """The tiers that experts put beside the computed ones."""
    tiers = {regime: str(incident[f"{regime}_override_tier"]) for regime in get_args(Regime)}
    named = INCIDENT["expert"].of(lang)
    return "".join(
        f" {named} {regime.upper().replace('_', ' ')} {cell(tier)}"
        for regime, tier in tiers.items()
        if tier
    )


def _warning(incident: Answer, lang: Language) -> tuple[str, str]:
    """The colour, and how it reads: a computed one is a suggestion until a body issues it.

    What has occurred has a response level and no colour.
    """
    if incident["occurred"]:
        return "", _OCCURRED.of(lang)
    state = str(incident["warning_state"] or "suggested")
    colour = str(incident["issued_colour"] or incident["miit_colour"])
    words = _SUGGESTED if state == "suggested" else _WARNED
    named, stands = read(COLOUR, colour, lang), read(WARNING, state, lang)
    return colour, words.of(lang).format(colour=named, state=stands) if colour else ""


def _province(incident: Answer, lang: str) -> str:
    province = PROVINCES.get(str(incident["province"]))
    if province is None:
        return cell(incident["province"])
    return province.en if lang == "en" else province.zh


def _scenario(incident: Answer, lang: str) -> str:
    scenario = SCENARIOS.get(str(incident["scenario"]))
    if scenario is None:
        return cell(incident["scenario"])
    return scenario.en if lang == "en" else scenario.zh
