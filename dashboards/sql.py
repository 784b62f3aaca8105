"""SQL that report and dashboards share."""

from typing import Final

_GRADES: Final = "['I', 'II', 'III', 'IV', 'red', 'orange', 'yellow', 'blue']"
_RANKS: Final = "[1, 2, 3, 4, 1, 2, 3, 4]"


def _rank(regime: str) -> str:
    """1 to 4 by response level, else colour, else tier; 9 for none of them."""
    said = (
        f"multiIf({regime}_response_level != '', {regime}_response_level,"
        f" {regime}_colour != '', {regime}_colour, {regime}_tier)"
    )
    return f"transform({said}, {_GRADES}, {_RANKS}, 9)"


GRAVITY: Final = f"least({_rank('miit')}, {_rank('cac')})"
"""Expression over the view `incidents`: 1 (I, red) to 4 (IV, blue), 9 where no tier holds.
The worse of the two regimes; a response level before a colour before a bare tier."""


def judged(prefix: str = "") -> str:
    """What one regime says of an incident: `response I`, `suggested red`, `I` or `none`.

    `prefix` is that of the columns: none in `assessments`, `miit_` or `cac_` in `incidents`.
    """
    colour = f"if({prefix}issued_colour != '', {prefix}issued_colour, {prefix}colour)"
    state = f"if({prefix}warning_state != '', {prefix}warning_state, 'suggested')"
    return (
        f"multiIf({prefix}response_level != '', concat('response ', {prefix}response_level),"
        f" {colour} != '', concat({state}, ' ', {colour}),"
        f" {prefix}tier != '', {prefix}tier, 'none')"
    )


EDGES_SQL: Final = """
WITH members AS (
    SELECT incident_id, arrayJoin(detection_ids) AS detection_id
    FROM incidents WHERE incident_id IN <incidents>
)
SELECT incident_id, pair.1 AS source, pair.2 AS target, count() AS detections
FROM (
    SELECT m.incident_id AS incident_id,
           arraySort(arrayDistinct(arrayMap(
               (kind, value) -> concat(kind, ':', value), entity_kinds, entity_values))) AS ids,
           arrayJoin(arrayFlatten(arrayMap(
               (a, n) -> arrayMap(b -> (a, b), arraySlice(ids, n + 1)),
               ids, arrayEnumerate(ids)))) AS pair
    FROM members AS m INNER JOIN (
        SELECT detection_id, entity_kinds, entity_values FROM detections
        WHERE enterprise_id IN (
            SELECT enterprise_id FROM incidents WHERE incident_id IN <incidents>
        ) AND detection_id IN (SELECT detection_id FROM members)
    ) AS d ON d.detection_id = m.detection_id
)
GROUP BY incident_id, source, target
ORDER BY incident_id, detections DESC, source, target
"""
"""Pairs of entities that a detection of the incident has in common; `<incidents>` is a set."""
