"""Current incidents of a store, with whose they are and the tier by which they stand (shell)."""

from sinks.contract import Answer, Store

OPEN = "i.drill = '' AND i.status NOT IN ('superseded', 'closed')"
EVERY = "i.status != 'superseded'"

INCIDENTS = """
SELECT {columns}, a.reason AS miit_reason, a.reason_en AS miit_reason_en,
    a.occurred AS occurred, a.fixed_tier AS fixed_tier, a.warning_state AS warning_state,
    a.issued_colour AS issued_colour, a.override_tier AS miit_override_tier,
    c.override_tier AS cac_override_tier, p.override_tier AS public_internet_override_tier,
    a.fixed_tier AS miit_fixed_tier, c.fixed_tier AS cac_fixed_tier,
    p.tier AS public_internet_tier, e.name AS enterprise,
    least({standing}) AS rank, if(rank = 'V', '', rank) AS gravest_tier
FROM incidents AS i
LEFT JOIN (SELECT * FROM assessments WHERE regime = 'miit') AS a
    ON a.incident_id = i.incident_id AND a.enterprise_id = i.enterprise_id
LEFT JOIN (SELECT * FROM assessments WHERE regime = 'cac') AS c
    ON c.incident_id = i.incident_id AND c.enterprise_id = i.enterprise_id
LEFT JOIN (SELECT * FROM assessments WHERE regime = 'public_internet') AS p
    ON p.incident_id = i.incident_id AND p.enterprise_id = i.enterprise_id
LEFT JOIN enterprises AS e ON e.enterprise_id = i.enterprise_id
WHERE {chosen}
ORDER BY rank, i.first_time, i.incident_id
"""
"""`rank` is the gravest tier by which any regime stands, V for none: the numerals I to V sort as
their numbers do."""

COLUMNS = (
    "incident_id", "enterprise_id", "province", "scenario", "status", "verdict", "revision",
    "opened_at", "found_late_at",
    "title", "title_en", "story", "story_en", "level", "first_time", "last_time",
    "assignee", "sector", "detection_count", "miit_tier", "miit_colour", "miit_response_level",
    "cac_tier", "drill",
)  # fmt: skip

_REGIME_ALIAS = {"miit": "a", "cac": "c", "public_internet": "p"}
_STANDING = (
    "if({a}.fixed_tier != '', {a}.fixed_tier, least(if({a}.tier = '', 'V', {a}.tier),"
    " if({a}.override_tier = '', 'V', {a}.override_tier)))"
)
"""What the regulator fixed, else the graver of the computed tier and an expert's."""


def read_incidents(sink: Store, chosen: str = EVERY, limit: int = 0) -> list[Answer]:
    """Current incidents with enterprise and MIIT reason, gravest tier first; 0: all of them."""
    columns = ", ".join(f"i.{name} AS {name}" for name in COLUMNS)
    standing = ", ".join(_STANDING.format(a=alias) for alias in _REGIME_ALIAS.values())
    sql = INCIDENTS.format(columns=columns, chosen=chosen, standing=standing)
    return sink.query(f"{sql} LIMIT {limit}" if limit else sql)
