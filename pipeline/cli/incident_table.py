"""The list of incidents: one numbered line each, gravest first (shell)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from rich.table import Table
from rich.text import Text

from pipeline.cli.tables import terminal
from pipeline.cli.terminal import plain
from schemas.assessment import TIERS
from schemas.glossary import INCIDENT, LAW_SHORT, STATUS, Term, capital, read
from schemas.language import Language
from schemas.moments import SHANGHAI
from schemas.provinces import PROVINCES
from sinks.contract import Answer

LIMIT: Final = 100
WIDE: Final = 200
"""Characters in a line where no terminal says how many."""
SHORT_ID: Final = 12

_STYLE: dict[str, str] = dict(
    zip(TIERS, ("bold red", "dark_orange", "yellow", "blue"), strict=True)
)
_NONE = Term("没有事件。", "No incidents.")
_MORE = Term(
    "以上为前 {count} 起，还有更多：请缩小范围，或用 --limit。",
    "These are the first {count}; there are more: narrow it down, or say --limit.",
)
_LATE = Term(
    "补查发现：发生于 {happened}，发现于 {found}",
    "late finding: happened {happened}, found {found}",
)
_ASIDE = Term("（{text}）", " ({text})")
_EXPERT = Term("专家定级", "expert")
_FIXED = Term("认定", "fixed")


def print_list(incidents: Sequence[Answer], lang: Language, is_cut: bool) -> None:
    """One line each, numbered from 1; `is_cut`: there are more."""
    console = terminal()
    if not incidents:
        console.print(_NONE.of(lang))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("number", "id"):
        table.add_column(_head(name, lang), no_wrap=True)
    for regime in ("miit", "cac"):
        table.add_column(LAW_SHORT[regime].of(lang), no_wrap=True)
    for name in ("status", "assignee", "opened_at"):
        table.add_column(_head(name, lang), no_wrap=True)
    for name in ("enterprise", "province", "title"):
        table.add_column(_head(name, lang))
    for number, incident in enumerate(incidents, 1):
        style = _STYLE.get(str(incident["gravest_tier"]), "")
        table.add_row(*_cells(number, incident, lang), style=style)
    console.print(table)
    if is_cut:
        console.print(_MORE.of(lang).format(count=len(incidents)))


def local_minute(moment: object, *, seconds: bool = False) -> str:
    """A moment of the store as people in China read it in a table."""
    local = datetime.fromisoformat(str(moment)).astimezone(SHANGHAI)
    return local.strftime("%m-%d %H:%M:%S" if seconds else "%m-%d %H:%M")


def tier_of(incident: Answer, regime: str, lang: Language) -> str:
    """The regime's tier: what was fixed, or the computed one with an expert's beside it."""
    fixed = str(incident[f"{regime}_fixed_tier"])
    if fixed:
        return f"{fixed} {_FIXED.of(lang)}"
    computed, expert = (str(incident[f"{regime}_{kind}"]) for kind in ("tier", "override_tier"))
    return f"{computed or '-'} {_EXPERT.of(lang)} {expert}" if expert else computed or "-"


def late_mark(incident: Answer, lang: Language) -> str:
    """Of an incident with a late finding: when it happened, and when that was found; else ""."""
    if not incident["found_late_at"]:
        return ""
    moments = (incident["first_time"], incident["found_late_at"])
    happened, found = (
        datetime.fromisoformat(str(each)).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        for each in moments
    )
    return _LATE.of(lang).format(happened=happened, found=found)


def _cells(number: int, incident: Answer, lang: Language) -> list[Text]:
    province, late = PROVINCES.get(str(incident["province"])), late_mark(incident, lang)
    mark = _ASIDE.of(lang).format(text=late) if late else ""
    cells = (
        str(number),
        str(incident["incident_id"])[:SHORT_ID],
        tier_of(incident, "miit", lang),
        tier_of(incident, "cac", lang),
        read(STATUS, str(incident["status"]), lang),
        str(incident["assignee"] or "-"),
        local_minute(incident["opened_at"]),
        str(incident["enterprise"] or incident["enterprise_id"]),
        (province.en if lang == "en" else province.zh) if province else str(incident["province"]),
        str(incident["title_en" if lang == "en" else "title"]) + mark,
    )
    return [Text(plain(each)) for each in cells]


def _head(name: str, lang: Language) -> str:
    return capital(INCIDENT[name].of(lang))
