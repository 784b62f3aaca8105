"""The store's tables: the one definition from which DDL and rows derive.

Every table keeps the current row of each thing in `<name>_rows`; where things have revisions,
it keeps them all in `<history>_rows`, which is what is written, and the engine copies the
highest of each thing to `<name>_rows`. A retried write repeats rows, of which the engine
(ReplacingMergeTree) keeps one. Views show them: `<history>` each revision once, `<name>` the
current state of each thing once.
"""

from sinks.case_tables import (
    ASSESSMENTS,
    CAMPAIGN_MEMBERS,
    CAMPAIGNS,
    EXCEPTIONS,
    INCIDENTS,
    OBLIGATIONS,
)
from sinks.columns import Table
from sinks.cross_border_tables import CROSS_BORDER_COUNTS, CROSS_BORDER_THRESHOLDS
from sinks.drill_tables import DRILL_ENTERPRISES, DRILL_INJECTS, DRILL_SCORES, DRILLS
from sinks.engine_tables import RULE_SETS, RULES_IN_FORCE, SIGNED_FILES
from sinks.investigation_tables import INVESTIGATIONS
from sinks.log_tables import (
    BATCHES,
    COMMANDS,
    DEAD_LETTERS,
    DETECTIONS,
    ENTERPRISES,
    EVENTS,
    EVENTS_BY_DAY,
    EVENTS_BY_HOUR,
    EVENTS_BY_MINUTE,
    LOG_SOURCES,
    REVENUE_RANKS,
)
from sinks.programme_tables import PROGRAMME_TABLES

TABLES: tuple[Table, ...] = (
    EVENTS,
    EVENTS_BY_MINUTE,
    EVENTS_BY_HOUR,
    EVENTS_BY_DAY,
    LOG_SOURCES,
    DETECTIONS,
    INCIDENTS,
    ASSESSMENTS,
    OBLIGATIONS,
    CAMPAIGN_MEMBERS,
    CAMPAIGNS,
    CROSS_BORDER_COUNTS,
    CROSS_BORDER_THRESHOLDS,
    DEAD_LETTERS,
    COMMANDS,
    EXCEPTIONS,
    ENTERPRISES,
    *PROGRAMME_TABLES.values(),
    REVENUE_RANKS,
    RULE_SETS,
    RULES_IN_FORCE,
    SIGNED_FILES,
    DRILLS,
    DRILL_ENTERPRISES,
    DRILL_INJECTS,
    DRILL_SCORES,
    INVESTIGATIONS,
    BATCHES,
)
"""In the order in which they are written: a batch's account last, so that its presence says
that all its rows are there."""

TABLE_OF: dict[type, Table] = {table.of: table for table in TABLES}
"""Where each kind of decision, and each kind of count, is written."""
