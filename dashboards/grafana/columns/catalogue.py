"""Every column that a dashboard may show, by its name in the query."""

from collections.abc import Mapping
from typing import Final

from dashboards.grafana.columns.enterprises import OF_ENTERPRISES
from dashboards.grafana.columns.incidents import OF_INCIDENTS
from dashboards.grafana.columns.logs import OF_LOGS
from dashboards.grafana.columns.look import Look

LOOKS: Final[Mapping[str, Look]] = {**OF_INCIDENTS, **OF_LOGS, **OF_ENTERPRISES}
