"""A graph of nodes and edges: each edge needs both its ends, or Grafana shows nothing at all."""

from collections.abc import Iterator, Mapping
from typing import Any

from dashboards.grafana.hostility import Ask
from dashboards.grafana.macros import Selection, expand


def graph_faults(panel: Mapping[str, Any], selection: Selection, ask: Ask) -> Iterator[str]:
    """Edges of a node graph whose ends are no nodes, and nodes that stand twice.

    Raises what `ask` does, and MacroFault.
    """
    answers = {each["refId"]: ask(expand(each["rawSql"], selection)) for each in panel["targets"]}
    nodes = [str(row["id"]) for row in answers["nodes"]]
    ends = {str(row[end]) for row in answers["edges"] for end in ("source", "target")}
    if loose := sorted(ends - set(nodes)):
        yield f"has edges to {len(loose)} nodes that are not there, such as {loose[0]!r}"
    if len(nodes) != len(set(nodes)):
        yield f"has {len(nodes) - len(set(nodes))} nodes twice"
