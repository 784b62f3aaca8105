"""Reading a dashboard's JSON: its queries, columns, links and variables. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import msgspec

Dashboard: TypeAlias = Mapping[str, Any]

DESCRIPTIONLESS: Final = frozenset({"row"})
_LINK: Final = re.compile(r"^/d/([\w-]+)(?:\?(.*))?$")
_SET_VARIABLE: Final = re.compile(r"(?:^|&)var-([\w-]+)=")
_PASSED_VARIABLE: Final = re.compile(r"\$\{(\w+):queryparam\}")
_FIELD: Final = re.compile(r"\$\{__data\.fields\.(\w+)(?::\w+)?\}")


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One query and the panel that shows its answer ({} for an annotation)."""

    place: str
    sql: str
    panel: Mapping[str, Any]
    needs: tuple[str, ...]
    """Columns without which nothing is shown."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A link to a dashboard, and the variables that it sets there."""

    place: str
    url: str
    uid: str
    variables: tuple[str, ...]

    @property
    def opens_incident(self) -> bool:
        """Whether it leads to one incident, and not back."""
        return "incident" in self.variables and "-incident-" in self.uid and self.place != "links"

    @property
    def has_own_period(self) -> bool:
        """Whether it sets the period that its row names."""
        return "from=${__data.fields." in self.url


_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "timeseries": ("time",),
    "logs": ("time", "line"),
    "geomap": ("province", "name_dark", "name_light", "latitude", "longitude"),
    "nodes": ("id", "title", "mainstat"),
    "edges": ("id", "source", "target"),
    "annotation": ("time", "title", "text", "tags"),
}
"""By panel type, or by the frame of a node graph."""


def targets(dashboard: Dashboard) -> Iterator[Target]:
    """Every query of panels and annotations; those of variables are `variable_queries`."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            key = target["refId"] if panel["type"] == "nodeGraph" else panel["type"]
            yield Target(
                place=panel["title"],
                sql=target["rawSql"],
                panel=panel,
                needs=_NEEDED.get(key, ()),
            )
    for annotation in dashboard["annotations"]["list"]:
        sql = annotation["target"]["rawSql"]
        yield Target(place=annotation["name"], sql=sql, panel={}, needs=_NEEDED["annotation"])


def variable_queries(dashboard: Dashboard) -> dict[str, str]:
    """SQL by the name of the variable whose values it gives."""
    return {
        variable["name"]: variable["query"]["rawSql"]
        for variable in dashboard["templating"]["list"]
        if variable["type"] == "query"
    }


def variable_values(dashboard: Dashboard) -> dict[str, tuple[str, ...]]:
    """The values of variables without a query: all of them, or the one that is preset."""
    return {
        variable["name"]: _options(variable) if variable.get("multi") else _current(variable)
        for variable in dashboard["templating"]["list"]
        if variable["type"] != "query"
    }


def _options(variable: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(option.rpartition(" : ")[2] for option in variable["query"].split(", "))


def _current(variable: Mapping[str, Any]) -> tuple[str, ...]:
    if variable["type"] == "textbox":
        return (str(variable.get("query", "")),)
    return (str(variable["current"]["value"]),)


def links(dashboard: Dashboard) -> Iterator[Link]:
    """Every link to a dashboard, of the dashboard itself and of its columns."""
    for link in dashboard["links"]:
        if link["type"] == "link":
            yield _link("links", link["url"])
    for panel in dashboard["panels"]:
        for url in _column_urls(panel):
            yield _link(panel["title"], url)


def _link(place: str, url: str) -> Link:
    found = _LINK.match(url)
    query = (found.group(2) or "") if found else ""
    names = (*_SET_VARIABLE.findall(query), *_PASSED_VARIABLE.findall(query))
    return Link(place=place, url=url, uid=found.group(1) if found else "", variables=names)


def _column_urls(panel: Mapping[str, Any]) -> Iterator[str]:
    config = panel.get("fieldConfig", {})
    yield from (link["url"] for link in config.get("defaults", {}).get("links") or ())
    for override in config.get("overrides", ()):
        for setting in override["properties"]:
            if setting["id"] == "links":
                yield from (link["url"] for link in setting["value"])


def named_columns(panel: Mapping[str, Any]) -> set[str]:
    """Columns that a panel's settings speak of, in overrides and in the links of columns."""
    overrides = panel.get("fieldConfig", {}).get("overrides", ())
    by_name = {o["matcher"]["options"] for o in overrides if o["matcher"]["id"] == "byName"}
    return by_name | {name for url in _column_urls(panel) for name in _FIELD.findall(url)}
