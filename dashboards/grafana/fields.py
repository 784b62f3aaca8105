"""From looks to Grafana's field configuration: headings, value mappings, links, thresholds."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import dashboard as models

from dashboards.grafana.columns.catalogue import LOOKS
from dashboards.grafana.columns.look import Look
from dashboards.grafana.specs import board_uid
from dashboards.grafana.widths import for_cell, for_heading
from dashboards.words import Language, Words

OPEN: Final = {"zh": "打开", "en": "Open "}


def mappings_of(words: Words, colours: Mapping[str, str], language: Language) -> list[Any]:
    """One value mapping for all the words, with colours where there are any."""
    if not words:
        return []
    results = {
        key: models.ValueMappingResult(text=text.of(language), color=colours.get(key), index=index)
        for index, (key, text) in enumerate(words.items())
    }
    return [models.ValueMap(options=results)]


def _pattern_maps(patterns: Sequence[tuple[str, str]]) -> Iterator[Any]:
    """Colours alone: the text stays as it is."""
    for pattern, colour in patterns:
        result = models.ValueMappingResult(color=colour)
        options = models.DashboardRegexMapOptions(pattern=pattern, result=result)
        yield models.RegexMap(options=options)


_NOTHING: Final = models.SpecialValueMap(
    options=models.DashboardSpecialValueMapOptions(
        match=models.SpecialValueMatch.EMPTY,
        result=models.ValueMappingResult(color="transparent"),
    )
)
"""Of a cell without a text: Grafana would paint it in the colour of what no mapping names."""


def thresholds_of(steps: Sequence[tuple[float, str]], base: str) -> Any:
    """Absolute thresholds: `base` below the first step."""
    rows = [models.Threshold(value=None, color=base)]
    rows += [models.Threshold(value=value, color=colour) for value, colour in steps]
    return builders.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(rows)


def override(look: Look, language: Language) -> list[Any]:
    """The properties of one column of a table."""
    properties: list[tuple[str, object]] = [
        ("displayName", look.title.of(language)),
        ("noValue", "—"),
    ]
    if look.words:
        nothing = [_NOTHING] if look.fill else []
        mappings = [*mappings_of(look.words, look.colours, language), *nothing]
        properties.append(("mappings", mappings))
        properties.append(("custom.align", "left"))  # a word for a number is a word
    if look.patterns:
        properties.append(("mappings", [*_pattern_maps(look.patterns), _NOTHING]))
        properties.append(("custom.filterable", False))  # the sign would cut the heading
    if look.least_width:
        properties.append(("custom.minWidth", look.least_width))
    if look.colours or look.patterns:
        mode = "color-background" if look.fill else "color-text"
        properties.append(("custom.cellOptions", {"type": mode, "mode": "basic"}))
    if look.wrap:
        properties.append(("custom.cellOptions", {"type": "auto", "wrapText": True}))
        properties.append(("custom.wrapText", True))  # where Grafana 12.2 and later keeps it
        properties.append(("custom.inspect", True))
    if look.width:
        properties.append(("custom.width", _width(look, language)))
    if look.unit:
        properties.append(("unit", look.unit))
    if look.hidden:
        properties.append(("custom.hidden", True))
        properties.append(("custom.hideFrom.viz", True))  # its name since Grafana 12.2
    if look.link:
        properties.append(("links", [link_json(look, language)]))
    return [models.DynamicConfigValue(id_val=name, value=value) for name, value in properties]


def _width(look: Look, language: Language) -> int:
    """In pixels: at least what the heading and the longest of its words take."""
    words = (for_cell(text.of(language)) for text in look.words.values())
    return max(look.width, for_heading(look.title.of(language)), *words)


def link_json(look: Look, language: Language) -> dict[str, object]:
    """A data link that keeps the period and the store, and sets the target's variable."""
    if look.link is None:
        raise ValueError("a column without a link has no link")
    board, variable, field = look.link
    value = f"${{__data.fields.{field}}}" if field else "${__value.raw:percentencode}"
    return {
        "title": f"{OPEN[language]}{look.title.of(language)}",
        "url": board_url(board, language, f"var-{variable}={value}", period=_period(board)),
        "targetBlank": False,
    }


THIS_PERIOD: Final = "${__url_time_range}"


def _period(board: str) -> str:
    """An incident is shown over its own period; anything else over the one that is chosen."""
    if board != "incident":
        return THIS_PERIOD
    return "from=${__data.fields.opens_from}&to=${__data.fields.opens_to}"


def board_url(board: str, language: Language, *variables: str, period: str = THIS_PERIOD) -> str:
    """The path of a dashboard with a period and the current store."""
    query = "&".join((period, "${store:queryparam}", *variables))
    return f"/d/{board_uid(board, language)}?{query}"


def overrides_of(names: Sequence[str], language: Language) -> list[tuple[str, list[Any]]]:
    """Column by column; KeyError for one that `columns.LOOKS` does not know."""
    return [(name, override(LOOKS[name], language)) for name in names]
