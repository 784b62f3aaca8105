"""A dashboard from its specification: Classic JSON, which Grafana 9.4 to 13 loads."""

import json
from typing import Any, Final

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from dashboards.grafana.boards.catalogue import TITLES
from dashboards.grafana.clickhouse import (
    PLUGIN,
    SOURCE,
    SOURCE_NAME,
    SOURCE_UID,
    query_json,
    variable_json,
)
from dashboards.grafana.macros import ALL
from dashboards.grafana.panels import panel_of
from dashboards.grafana.specs import Annotation, Board, Variable, board_uid, localise
from dashboards.words import LANGUAGES, Language, Text

TAG: Final = "fenghuo"
_STORE: Final = Text("数据源", "Data source")
_OTHER: Final = Text("English", "中文")
_MORE: Final = Text("全部看板", "All dashboards")
_ALL_TEXT: Final = "All"
"""Grafana 9 writes it into links and looks for it among the texts of the options."""


def board_json(board: Board, language: Language, map_layer: str = "") -> dict[str, Any]:
    """The dashboard as Grafana's Classic JSON, with stable ids."""
    builder = builders.Dashboard(board.title.of(language)).uid(board_uid(board.name, language))
    builder.description(board.description.of(language)).tags([TAG, f"{TAG}-{language}"])
    builder.timezone("Asia/Shanghai").time(board.period, "now").refresh(board.refresh)
    builder.tooltip(models.DashboardCursorSync.CROSSHAIR).readonly()
    for variable in (_store_variable(language), *(_variable(v, language) for v in board.variables)):
        builder.with_variable(variable)
    for link in _links(board, language):
        builder.link(link)
    for section in board.sections:
        builder.with_row(builders.Row(section.title.of(language)))
        for panel in section.panels:
            builder.with_panel(panel_of(panel, language, map_layer))
    dashboard: dict[str, Any] = json.loads(json.dumps(builder.build(), cls=JSONEncoder))
    dashboard["annotations"] = {"list": [_annotation(a, language) for a in board.annotations]}
    for number, panel in enumerate(dashboard["panels"], 1):
        panel["id"] = number
    return dashboard


def _store_variable(language: Language) -> Any:
    current = models.VariableOption(selected=True, text=SOURCE_NAME, value=SOURCE_UID)
    return (
        builders.DatasourceVariable("store")
        .label(_STORE.of(language))
        .type(PLUGIN)
        .current(current)
    )


def _variable(variable: Variable, language: Language) -> Any:
    label = variable.label.of(language)
    if variable.query:
        query = variable_json(localise(variable.query, language))
        chosen: Any = builders.QueryVariable(variable.name).query(query)
        chosen.datasource(models.DataSourceRef(type_val=SOURCE["type"], uid=SOURCE["uid"]))
        chosen.refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        return chosen.label(label).multi(False).include_all(False)
    if not variable.options:
        return builders.TextBoxVariable(variable.name).label(label).default_value("")
    options = [f"{text.of(language)} : {value}" for value, text in variable.options.items()]
    builder = builders.CustomVariable(variable.name).values(", ".join(options)).label(label)
    builder.options(_options(variable, language))
    return (
        builder.multi(variable.multi)
        .include_all(variable.multi)
        .current(_current(variable, language))
    )


def _options(variable: Variable, language: Language) -> list[Any]:
    """The choices as Grafana saves them: 9.4 does not read them again where a link sets one."""
    every = [_option(_ALL_TEXT, ALL, selected=True)] if variable.multi else []
    preset = "" if variable.multi else _preset(variable)
    return every + [
        _option(text.of(language), value, selected=value == preset)
        for value, text in variable.options.items()
    ]


def _option(text: str, value: str, selected: bool) -> Any:
    return models.VariableOption(selected=selected, text=text, value=value)


def _current(variable: Variable, language: Language) -> Any:
    if variable.multi:
        return models.VariableOption(selected=True, text=[_ALL_TEXT], value=[ALL])
    value = _preset(variable)
    return _option(variable.options[value].of(language), value, selected=True)


def _preset(variable: Variable) -> str:
    return variable.default or next(iter(variable.options))


def _links(board: Board, language: Language) -> list[Any]:
    """Back up, the other dashboards of this language, and this one in the other language."""
    other: Language = LANGUAGES[1 - LANGUAGES.index(language)]
    links = [
        builders.DashboardLink(_MORE.of(language))
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags([f"{TAG}-{language}"])
        .as_dropdown(True)
        .include_vars(False)
        .keep_time(True),
        _plain_link(_OTHER.of(language), board.name, other, tuple(v.name for v in board.variables)),
    ]
    if board.up != board.name:
        links.insert(0, _plain_link(f"← {TITLES[board.up].of(language)}", board.up, language, ()))
    return links


def _plain_link(title: str, board: str, language: Language, variables: tuple[str, ...]) -> Any:
    values = tuple(f"${{{name}:queryparam}}" for name in variables)
    return (
        builders.DashboardLink(title)
        .type(models.DashboardLinkType.LINK)
        .url(f"/d/{board_uid(board, language)}?{'&'.join(('${store:queryparam}', *values))}")
        .keep_time(True)
        .icon("external link")
    )


def _annotation(annotation: Annotation, language: Language) -> dict[str, object]:
    return {
        "name": annotation.name.of(language),
        "datasource": SOURCE,
        "enable": True,
        "hide": False,
        "iconColor": annotation.colour,
        "target": query_json(localise(annotation.query, language), "annotation", "table"),
    }
