"""The view `enterprise_coverage`: what each enterprise has done of what is asked of it. Pure text.

Rule 1. What the registry states is taken as stated; what can be seen is taken from what was seen:
        an enterprise is connected when an event of it was ever stored, not when somebody says so.
Rule 2. Not stated is `unknown`, never `yes`, and nobody's `no`.
Rule 3. Days are China's. A period of a year ends with the same day of the next (Civil Code, Art.
        202): an assessment of 2025-11-27 holds on 2026-11-27 and no longer on the 28th.
Rule 4. DRILLED and TRAINED are the one place where other parts of the store say who took part:
        queries of `enterprise_id` and `last_at`, a row an enterprise.
"""

from typing import Final

from schemas.coverage import STEPS

ASSESSED_CLASSES: Final = ("important", "core")
"""Whose risks are assessed once a year at least (Data Security Measures 2022, Art. 31)."""
DRILLED: Final = """
    SELECT enterprise_id, max(received_at) AS last_at
    FROM log_sources_rows FINAL WHERE drill != '' GROUP BY enterprise_id
"""
"""Who sent events in a drill, and when last."""
TRAINED: Final = """
    SELECT arrayJoin(enterprise_ids) AS enterprise_id,
        parseDateTime64BestEffortOrZero(max(held_on), 6, 'Asia/Shanghai') AS last_at
    FROM programme_trainings_rows FINAL WHERE NOT withdrawn GROUP BY enterprise_id
"""
"""Whose people took part in a training: enterprises that its record names. One of a province or a
sector counts there alone, for nobody can say who of it came."""
_SEEN: Final = """
    SELECT enterprise_id, max(received_at) AS last_received_at,
        groupUniqArrayIf(toString(product), received_at >= {now} - INTERVAL 1 DAY) AS products
    FROM log_sources_rows FINAL WHERE drill = '' GROUP BY enterprise_id
"""
_OF_REGISTRY: Final = (
    "enterprise_id", "name", "province", "city", "sector", "industry",
    "unified_social_credit_code", "annual_revenue", "revenue_year", "above_designated_size",
    "data_classes", "graded_on", "assessed_on", "connected_since", "expected_sources",
)  # fmt: skip
_OF_RANK: Final = ("registered", "top_tenth", "place", "ranked", "candidates", "seats")
_TODAY: Final = "toDate({now}, 'Asia/Shanghai')"
_NOW_TEXT: Final = "formatDateTime({now}, '%Y-%m-%dT%H:%i:%S.%f+00:00', 'UTC')"
"""As `key_validity` has its times: compared as text, so that no year is out of range."""
_STATES: Final = {
    "has_revenue": """multiIf(above_designated_size = 'no', 'not_required',
        annual_revenue IS NULL OR sector = '', 'unknown', 'yes')""",
    "has_key": f"""if(arrayExists(key -> JSONExtractString(key, 'valid_from') <= {_NOW_TEXT}
        AND (JSONType(key, 'valid_until') = 'Null'
            OR JSONExtractString(key, 'valid_until') > {_NOW_TEXT}),
        JSONExtractArrayRaw(key_validity)), 'yes', 'no')""",
    "is_connected": "if(is_seen, 'yes', 'no')",
    "is_publishing": "if(is_seen AND last_received_at >= {now} - INTERVAL 1 DAY, 'yes', 'no')",
    "is_complete": """multiIf(empty(expected_sources), 'unknown',
        empty(missing_sources), 'yes', 'no')""",
    "is_graded": f"""multiIf(graded_on = '', 'unknown',
        toDateOrNull(graded_on) <= {_TODAY}, 'yes', 'no')""",
    "is_assessed": f"""multiIf(
        NOT hasAny(data_classes, {list(ASSESSED_CLASSES)}), 'not_required',
        assessed_on = '', 'unknown',
        toDateOrNull(assessed_on) <= {_TODAY}
            AND addYears(toDateOrNull(assessed_on), 1) >= {_TODAY}, 'yes', 'no')""",
    "has_drilled": f"""if(drilled_at > fromUnixTimestamp64Micro(0)
        AND addYears(toDate(drilled_at, 'Asia/Shanghai'), 1) >= {_TODAY}, 'yes', 'no')""",
    "is_trained": f"""multiIf(trained_at = fromUnixTimestamp64Micro(0), 'unknown',
        addYears(toDate(trained_at, 'Asia/Shanghai'), 1) >= {_TODAY}, 'yes', 'no')""",
}
_NEXT: Final = """multiIf(has_key != 'yes', 'has_key', is_connected != 'yes', 'is_connected',
        is_publishing != 'yes', 'is_publishing', is_complete != 'yes', 'is_complete', '')"""
"""Of the steps that each need the one before, the first that is open."""
_OPEN: Final = (
    "if(has_revenue = 'unknown', 'has_revenue', '')",
    _NEXT,
    "if(is_graded IN ('no', 'unknown'), 'is_graded', '')",
    "if(is_assessed IN ('no', 'unknown'), 'is_assessed', '')",
    "if(has_drilled = 'no', 'has_drilled', '')",
    "if(is_trained = 'no', 'is_trained', '')",
)


def select_coverage(now: str = "now64(6)") -> str:
    """The rows of the view; `now` is a DateTime64(6) in SQL."""
    states = ",\n    ".join(f"{_STATES[step]} AS {step}" for step in STEPS)
    columns = ", ".join([*_OF_REGISTRY, *_OF_RANK, "last_received_at", "missing_sources", *STEPS])
    text = f"""SELECT {columns},
    arrayFilter(step -> step != '', [{", ".join(_OPEN)}]) AS open_steps
FROM (SELECT *, arrayFilter(source -> NOT has(products, source),
        arrayMap(source -> toString(source), expected_sources)) AS missing_sources,
    {states}
    FROM ({_joined()}) AS known) AS standing"""
    return text.replace("{now}", now)


def _joined() -> str:
    of_registry = ", ".join(f"e.{name} AS {name}" for name in (*_OF_REGISTRY, "key_validity"))
    of_rank = ", ".join(f"r.{name} AS {name}" for name in _OF_RANK)
    return f"""SELECT {of_registry}, {of_rank},
        s.enterprise_id != '' AS is_seen,
        if(s.enterprise_id != '', s.last_received_at, NULL) AS last_received_at,
        s.products AS products, d.last_at AS drilled_at, t.last_at AS trained_at
    FROM (SELECT * FROM enterprises_rows FINAL) AS e
    INNER JOIN (SELECT * FROM revenue_ranks_rows FINAL) AS r ON r.enterprise_id = e.enterprise_id
    LEFT JOIN ({_SEEN}) AS s ON s.enterprise_id = e.enterprise_id
    LEFT JOIN ({DRILLED}) AS d ON d.enterprise_id = e.enterprise_id
    LEFT JOIN ({TRAINED}) AS t ON t.enterprise_id = e.enterprise_id"""
