"""ATT&CK as a matrix: a column a tactic, a cell a technique with its detections and its rules."""

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


RULES: Final = "SELECT arrayJoin(JSONExtractArrayRaw(rules)) AS rule FROM rules_in_force"
"""A row a rule, as JSON text."""


def column_of(tactic: str) -> str:
    """The tactic's column in the matrix."""
    return f"tactic_{tactic.replace('-', '_')}"


def matrix(title: Text, technique: str, tactics: tuple[str, ...], where: str, height: int) -> Panel:
    """Detections of the techniques whose tags match, and rules in force that look for them.

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
            "列为战术，格为技术、告警数/规则数，多者在上、色深；0/n 有规则而未见；空列无规则。",
            "A column is a tactic, a cell a technique with its detections/rules in force, the most "
            "detections on top and the darkest. 0/n: looked for and not seen. An empty column: "
            "no rule looks for it.",
        ),
        queries=(
            f"""
SELECT {columns}
FROM (SELECT tactic, concat(technique, ' ', toString(sum(fired)), '/', toString(sum(rules)))
                 AS cell,
             row_number() OVER (PARTITION BY tactic
                 ORDER BY sum(fired) DESC, sum(rules) DESC, technique) AS place
      FROM (SELECT arrayMap(t -> toString(t), tags) AS tags, count() AS fired, 0 AS rules
            FROM detections AS d WHERE {where} GROUP BY tags
            UNION ALL
            SELECT JSONExtract(rule, 'tags', 'Array(String)') AS tags, 0 AS fired, 1 AS rules
            FROM ({RULES}))
      ARRAY JOIN arrayDistinct(arrayMap(t -> replaceAll(lower(substring(t, 8)), '_', '-'),
                     arrayFilter(t -> startsWith(t, 'attack.'), tags))) AS tactic
      ARRAY JOIN arrayMap(t -> upper(substring(t, 8)),
                     arrayFilter(t -> match(t, '^attack[.]{technique}'), tags)) AS technique
      WHERE tactic IN ({known})
      GROUP BY tactic, technique)
GROUP BY place ORDER BY place LIMIT 100
""",
        ),
        width=24,
        height=height,
        empty=Text("没有规则，也没有告警", "No rule and no detection"),
    )
