"""Incidents as a person reads them on a terminal: gravest first, a few lines each (shell)."""

from collections.abc import Sequence

import click
from rich.console import Console

from dashboards.words import STATUS, translate
from pipeline.cli.terminal import cell
from schemas.provinces import PROVINCES
from schemas.scenarios import SCENARIOS
from sinks.contract import Answer, Store
from sinks.ddl import literal

INCIDENTS = """
SELECT {columns}, a.reason AS miit_reason, a.reason_en AS miit_reason_en,
    a.override_tier AS miit_override_tier, c.override_tier AS cac_override_tier,
    e.name AS enterprise
FROM incidents AS i
LEFT JOIN (SELECT * FROM assessments WHERE regime = 'miit') AS a
    ON a.incident_id = i.incident_id AND a.enterprise_id = i.enterprise_id
LEFT JOIN (SELECT * FROM assessments WHERE regime = 'cac') AS c
    ON c.incident_id = i.incident_id AND c.enterprise_id = i.enterprise_id
LEFT JOIN enterprises AS e ON e.enterprise_id = i.enterprise_id
WHERE {chosen}
ORDER BY least(if(i.miit_tier = '', 'V', i.miit_tier),
               if(a.override_tier = '', 'V', a.override_tier)), i.first_time, i.incident_id
"""

COLUMNS = (
    "incident_id", "enterprise_id", "province", "scenario", "status", "verdict", "revision",
    "opened_at",
    "title", "title_en", "story", "story_en", "level", "first_time", "last_time",
    "detection_count", "miit_tier", "miit_colour", "miit_response_level", "cac_tier", "drill",
)  # fmt: skip

OPEN = "i.drill = '' AND i.status NOT IN ('superseded', 'closed')"
EVERY = "i.status != 'superseded'"

_STYLES = {"red": "bold white on red", "orange": "bold black on dark_orange",
           "yellow": "bold black on yellow", "blue": "bold white on blue"}  # fmt: skip
_COLOURS_ZH = {"red": "红色", "orange": "橙色", "yellow": "黄色", "blue": "蓝色"}
_WORDS = {
    "zh": ("未达等级", "告警", "理由", "没有事件。"),
    "en": ("no tier", "detections", "because", "No incidents."),
}
_EXPERTS = {"zh": "专家定级", "en": "an expert's tier"}


def read_incidents(sink: Store, chosen: str = EVERY) -> list[Answer]:
    """Current incidents with enterprise and MIIT reason, gravest tier first."""
    columns = ", ".join(f"i.{name} AS {name}" for name in COLUMNS)
    return sink.query(INCIDENTS.format(columns=columns, chosen=chosen))


def find_incident(sink: Store, prefix: str) -> Answer:
    """The one incident whose id begins so; a ClickException for none or several."""
    found = sink.query(
        f"SELECT * FROM incidents WHERE startsWith(incident_id, {literal(prefix)}) LIMIT 2"
    )
    if len(found) == 1:
        return found[0]
    problem = "no incident" if not found else "several incidents"
    raise click.ClickException(f"{problem} {prefix}…; see `fenghuo incidents list --all`")


def print_incidents(console: Console, incidents: Sequence[Answer], lang: str = "zh") -> None:
    """Tier in its colour, title, who and where, the story, the tier's reasons."""
    if not incidents:
        console.print(_WORDS[lang][3])
    for incident in incidents:
        for line in _lines(incident, lang):
            console.print(line, soft_wrap=False)
        console.print()


def _lines(incident: Answer, lang: str) -> list[str]:
    no_tier, detections, because, _ = _WORDS[lang]
    suffix = "_en" if lang == "en" else ""
    colour = str(incident["miit_colour"])
    tier = str(incident["miit_tier"] or incident["miit_response_level"] or no_tier)
    shade = _COLOURS_ZH.get(colour, "") if lang == "zh" else colour
    style = _STYLES.get(colour, "reverse")
    enterprise = cell(incident["enterprise"] or incident["enterprise_id"])
    place = f"{enterprise} · {_province(incident, lang)}"
    title = cell(incident[f"title{suffix}"])
    return [
        f"[{style}] {tier} {shade} [/]{_experts(incident, lang)} [bold]{title}[/]",
        f"  {place} · {_scenario(incident, lang)} · {incident['detection_count']} "
        f"{detections} · {_status(incident, lang)} · [dim]{str(incident['incident_id'])[:12]}[/]",
        f"  {cell(incident[f'story{suffix}'])}",
        f"  [dim]{because}: {cell(incident[f'miit_reason{suffix}'] or '-')}[/]",
    ]


def _experts(incident: Answer, lang: str) -> str:
    """The tiers that experts put beside the computed ones."""
    tiers = {regime: str(incident[f"{regime}_override_tier"]) for regime in ("miit", "cac")}
    return "".join(
        f" {_EXPERTS[lang]} {regime.upper()} {tier}" for regime, tier in tiers.items() if tier
    )


def _status(incident: Answer, lang: str) -> str:
    status = str(incident["status"])
    return translate(STATUS, status, "zh") if lang == "zh" else cell(status.replace("_", " "))


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
