"""Queries as Grafana's ClickHouse data source takes them (plugin 3.3 to 4.20).

grafana-foundation-sdk has no query class for it; its encoder asks only for `to_json`.
"""

from typing import Final, Literal, TypeAlias

PLUGIN: Final = "grafana-clickhouse-datasource"
PLUGIN_VERSION: Final = "4.20.0"
SOURCE_UID: Final = "fenghuo-clickhouse"
"""The data source that deploy/ provisions and `dashboards push` makes."""
SOURCE_NAME: Final = "Fenghuo ClickHouse"
"""Its name: Grafana 9 knows the values of a data source variable by name, 10 and later by uid."""
SOURCE: Final = {"type": PLUGIN, "uid": "${store}"}
"""What panels name: the variable `store`, so that a province or an investigation has its own."""

QueryType: TypeAlias = Literal["timeseries", "table"]
FORMATS: Final[dict[QueryType, int]] = {"timeseries": 0, "table": 1}
"""The plugin's own numbers (its src/data/utils.ts)."""


def query_json(sql: str, ref_id: str, query_type: QueryType) -> dict[str, object]:
    """The query object of a panel, an annotation or a variable."""
    return {
        "refId": ref_id,
        "datasource": SOURCE,
        "editorType": "sql",
        "queryType": query_type,
        "format": FORMATS[query_type],
        "rawSql": sql,
        "pluginVersion": PLUGIN_VERSION,
    }


def variable_json(sql: str) -> dict[str, object]:
    """The query object of a variable, in which the first column is the value, the second the text.

    Plugin 3.3 answers only to `queryType` sql (its editor's mode), 4 to `editorType` sql, and
    4.20 names its own kind of variable query sql.
    """
    return {**query_json(sql, "variable", "table"), "queryType": "sql"}


class ClickHouseQuery:
    """A query that builders of grafana-foundation-sdk take as a target."""

    def __init__(self, sql: str, ref_id: str, query_type: QueryType) -> None:
        self._json = query_json(sql, ref_id, query_type)

    def build(self) -> "ClickHouseQuery":
        """The builder is the query."""
        return self

    def to_json(self) -> dict[str, object]:
        """As the data source reads it."""
        return self._json
