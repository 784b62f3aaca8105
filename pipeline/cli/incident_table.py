"""Incidents as a person reads them on a terminal (shell)."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from schemas.provinces import PROVINCES
from sinks.contract import Answer

INCIDENT_COLUMNS = (
    "incident_id, enterprise_id, province, scenario, status, title, title_en, story, story_en, "
    "level, first_time, last_time, detection_count, miit_tier, miit_colour, cac_tier, drill"
)
_STYLES = {"red": "bold red", "orange": "dark_orange", "yellow": "yellow", "blue": "blue"}


def print_incidents(console: Console, incidents: Sequence[Answer], lang: str = "zh") -> None:
    """A table: tier in its colour, scenario, enterprise, province, the story in a line."""
    suffix = "_en" if lang == "en" else ""
    table = Table(show_lines=True, expand=True)
    for title in ("tier", "scenario", "enterprise", "province", "detections", "story", "id"):
        table.add_column(title, overflow="fold", ratio=4 if title == "story" else None)
    for incident in incidents:
        colour = str(incident["miit_colour"])
        tier = f"{incident['miit_tier'] or '-'} {colour}".strip()
        table.add_row(
            f"[{_STYLES.get(colour, 'default')}]{tier}[/]",
            str(incident["scenario"]),
            str(incident["enterprise_id"]),
            _province(str(incident["province"]), lang),
            str(incident["detection_count"]),
            f"{incident[f'title{suffix}']}\n{incident[f'story{suffix}']}",
            str(incident["incident_id"])[:12],
        )
    console.print(table)


def _province(code: str, lang: str) -> str:
    province = PROVINCES.get(code)
    if province is None:
        return code
    return province.en if lang == "en" else province.zh
