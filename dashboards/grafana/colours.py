"""The law's four colours mean its tiers and nothing else; nothing and unknown are grey. Pure.

Read from the JSON that Grafana gets: a colour of the law may stand in a value mapping under a
word of that tier, on a series of that name, on the tile that counts that tier, and as the four
steps of a map.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from dashboards.grafana.boards.tiles import EMPTY_TILE
from dashboards.grafana.palette import GRADE_COLOURS, GREY, INK, JUDGEMENT_COLOURS, TIER_COLOURS

LAWS: Final = frozenset(TIER_COLOURS.values())
OF_TIER: Final[Mapping[str, str]] = {**GRADE_COLOURS, **JUDGEMENT_COLOURS}
"""By the value or the name of a series that stands for a tier: its colour."""
NEUTRAL: Final = frozenset({GREY, INK, EMPTY_TILE})
"""Of a tile that shows nothing: the second where what it counts is neither good nor bad."""
UNCERTAIN: Final = frozenset({"unknown", "none", "not_met"})
"""Words of what is not known, or does not hold: no colour may make them look as if it did."""


def colour_faults(dashboard: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(place, fault) for each colour that says what it may not."""
    for panel in dashboard["panels"]:
        config = panel.get("fieldConfig", {})
        steps = config.get("defaults", {}).get("thresholds", {}).get("steps", [])
        for fault in (*_override_faults(config), *_step_faults(panel, steps)):
            yield panel["title"], fault
    for annotation in dashboard["annotations"]["list"]:
        if annotation["iconColor"] in LAWS:
            yield annotation["name"], f"marks in {annotation['iconColor']}, a colour of the law"


def _override_faults(config: Mapping[str, Any]) -> Iterator[str]:
    for override in config.get("overrides", ()):
        name = override["matcher"]["options"]
        for setting in override["properties"]:
            if setting["id"] == "color":
                yield from _faults_of(name, setting["value"].get("fixedColor"))
            if setting["id"] == "mappings":
                for value, result in _mapped(setting["value"]):
                    yield from _faults_of(value, result.get("color"))


def _mapped(mappings: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Values, regular expressions, or no text ("empty"), and what they are shown as."""
    for mapping in mappings:
        options = mapping["options"]
        if mapping["type"] == "regex":
            yield options["pattern"], options["result"]
        elif mapping["type"] == "special":
            yield options["match"], options["result"]
        else:
            yield from options.items()


def _faults_of(meaning: str, colour: str | None) -> Iterator[str]:
    if colour in LAWS and OF_TIER.get(meaning) != colour:
        yield f"shows {meaning} in {colour}, a colour of the law that does not mean it"
    if meaning in UNCERTAIN and colour and colour not in NEUTRAL:
        yield f"shows {meaning} in {colour}, as if it held"


def _step_faults(panel: Mapping[str, Any], steps: list[Mapping[str, Any]]) -> Iterator[str]:
    laws = [step["color"] for step in steps if step["color"] in LAWS]
    title = panel["title"].partition(" ")[0]
    if laws and laws not in ([TIER_COLOURS.get(title)], list(TIER_COLOURS.values())):
        yield f"has {', '.join(laws)} as thresholds: colours of the law, and it counts no tier"
    if panel["type"] == "stat" and steps:
        if steps[0]["color"] not in NEUTRAL:
            yield f"shows no data in {steps[0]['color']}, which is not grey"
        at_zero = [step["color"] for step in steps if (step["value"] or 0) <= 0][-1]
        if _unit(panel) == "locale" and at_zero not in NEUTRAL:
            yield f"shows 0 in {at_zero}, which is not grey"


def _unit(panel: Mapping[str, Any]) -> str:
    return str(panel.get("fieldConfig", {}).get("defaults", {}).get("unit", ""))
