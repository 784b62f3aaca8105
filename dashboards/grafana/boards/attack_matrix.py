"""ATT&CK as a matrix: a column a tactic, a cell a technique that was seen, with its detections."""

from typing import Final

from dashboards.grafana.specs import Panel
from dashboards.words import TACTIC, Text

ICS_ONLY: Final = ("inhibit-response-function", "impair-process-control")
NOT_ICS: Final = (
    "reconnaissance",
    "resource-development",
    "stealth",
    "defense-impairment",
    "credential-access",
    "exfiltration",
)
"""ATT&CK for ICS has two tactics of its own, and lacks these of Enterprise."""
ENTERPRISE_TACTICS: Final = tuple(key for key in TACTIC if key not in ICS_ONLY)
ICS_TACTICS: Final = tuple(key for key in TACTIC if key not in NOT_ICS)


def column_of(tactic: str) -> str:
    """The tactic's column in the matrix."""
    return f"tactic_{tactic.replace('-', '_')}"


def matrix(title: Text, technique: str, tactics: tuple[str, ...], where: str, height: int) -> Panel:
    """Detections of the techniques whose tags match, under the tactics that their rules name.

    A rule that names two tactics stands under both: its tags do not say which technique serves
    which. Tag sets are counted first: there are few of them, however many detections.
    """
    known = ", ".join(f"'{key}'" for key in tactics)
    columns = ",\n       ".join(
        f"anyIf(cell, tactic = '{key}') AS {column_of(key)}" for key in tactics
    )
    return Panel(
        kind="table",
        title=title,
        description=Text(
            "列为战术，格为检出的技术及告警数，多者在上、色深；空列即盲区或平静。",
            "A column is a tactic, a cell a technique that was seen with its detections, the most "
            "on top and the darkest. An empty column is a blind spot, or peace.",
        ),
        queries=(
            f"""
SELECT {columns}
FROM (SELECT tactic, concat(technique, ' · ', toString(sum(fired))) AS cell,
             row_number() OVER (PARTITION BY tactic ORDER BY sum(fired) DESC, technique) AS place
      FROM (SELECT tags, count() AS fired FROM detections AS d WHERE {where} GROUP BY tags)
      ARRAY JOIN arrayDistinct(arrayMap(t -> replaceAll(lower(substring(t, 8)), '_', '-'),
                     arrayFilter(t -> startsWith(t, 'attack.'), tags))) AS tactic
      ARRAY JOIN arrayMap(t -> upper(substring(t, 8)),
                     arrayFilter(t -> match(t, '^attack[.]{technique}'), tags)) AS technique
      WHERE tactic IN ({known})
      GROUP BY tactic, technique)
GROUP BY place ORDER BY place LIMIT 60
""",
        ),
        width=24,
        height=height,
        empty=Text("所选时段内没有告警", "No detection in the chosen period"),
    )
