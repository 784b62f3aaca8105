"""What the SDK's builders have no word for. Pure."""

from collections.abc import Mapping
from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models import dashboard as models


class JsonObject:
    """A part of a panel that is given as JSON, such as most options of a map's layer."""

    def __init__(self, value: Mapping[str, object]) -> None:
        self._value = value

    def build(self) -> Mapping[str, object]:
        return self._value


def colour_by_threshold() -> Any:
    """The scheme that paints a value in the colour of the threshold that it has reached."""
    return dashboard.FieldColor().mode(models.FieldColorModeId.THRESHOLDS)
