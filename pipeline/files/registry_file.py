"""Reading the registry from a file, for every command that needs one (shell)."""

from io import BytesIO
from pathlib import Path

from pipeline.coverage.top_tenth import rank_by_revenue
from pipeline.cross_border.policy import CrossBorderPolicy
from pipeline.cross_border.rows import standing_row
from pipeline.cross_border.weighing import weigh_holdings
from pipeline.files.signed_files import Check, not_asked
from pipeline.intake.registry import ParsedRegistry, parse_registry
from schemas.context import Context
from schemas.registry import Enterprise, Registry
from sinks.contract import Rows, Sink
from sinks.cross_border_tables import CROSS_BORDER_THRESHOLDS
from sinks.log_tables import ENTERPRISES, REVENUE_RANKS

LOCAL = Enterprise(
    enterprise_id="local", name="本机 (local)", province="110000", sector="", field="industrial"
)
"""Whose events a file's are where no registry is named."""


def read_registry_file(path: Path, check: Check = not_asked) -> ParsedRegistry:
    """The file's sound rows and its faults; raises OSError where it cannot be read, and what
    `check` raises about its content."""
    if path.exists() and not path.is_file():
        raise OSError(f"{path}: no regular file")  # a pipe would be waited for
    content = path.read_bytes()
    check(path, {"": content})
    return parse_registry(BytesIO(content), str(path))


def registry_rows(registry: Registry) -> Rows:
    """The enterprises as rows of the store, their places by revenue among each other, and how
    what they hold stands to the thresholds of the law."""
    if not registry:
        return {}
    ranks = rank_by_revenue(registry.values())
    return {
        ENTERPRISES.name: ENTERPRISES.rows(registry.values()),
        REVENUE_RANKS.name: REVENUE_RANKS.rows(ranks),
        **_holding_rows(registry),
    }


def _holding_rows(registry: Registry) -> Rows:
    """Of enterprises that never publish too, by the default policy; a row that the engine writes
    has a revision above these rows' 0, and takes its place."""
    standings = [
        standing_row(weighing, 0, 0, Context(enterprise=enterprise, rule_set_id=""))
        for enterprise in registry.values()
        for weighing in weigh_holdings(CrossBorderPolicy(), enterprise)
        if weighing.figure
    ]
    table = CROSS_BORDER_THRESHOLDS
    return {table.name: table.rows(standings)} if standings else {}


def keep_registry(sink: Sink, registry: Registry) -> None:
    """Write the enterprises into the store."""
    sink.write(registry_rows(registry), "registry")
