"""Reading the registry from a file, for every command that needs one (shell)."""

from pathlib import Path

from pipeline.coverage.top_tenth import rank_by_revenue
from pipeline.intake.registry import ParsedRegistry, parse_registry
from schemas.registry import Enterprise, Registry
from sinks.contract import Rows, Sink
from sinks.log_tables import ENTERPRISES, REVENUE_RANKS

LOCAL = Enterprise(
    enterprise_id="local", name="本机 (local)", province="110000", sector="", field="industrial"
)
"""Whose events a file's are where no registry is named."""


def read_registry_file(path: Path) -> ParsedRegistry:
    """The file's sound rows and its faults; raises OSError where it cannot be read."""
    if path.exists() and not path.is_file():
        raise OSError(f"{path}: no regular file")  # a pipe would be waited for
    with path.open("rb") as lines:
        return parse_registry(lines, str(path))


def registry_rows(registry: Registry) -> Rows:
    """The enterprises as rows of the store, and their places by revenue among each other."""
    if not registry:
        return {}
    ranks = rank_by_revenue(registry.values())
    return {
        ENTERPRISES.name: [ENTERPRISES.row(each) for each in registry.values()],
        REVENUE_RANKS.name: [REVENUE_RANKS.row(each) for each in ranks],
    }


def keep_registry(sink: Sink, registry: Registry) -> None:
    """Write the enterprises into the store."""
    sink.write(registry_rows(registry), "registry")
