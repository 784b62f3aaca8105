"""Every dashboard, from the nation down to one incident, then the machinery."""

from collections.abc import Mapping
from typing import Final

from dashboards.grafana.boards.accounts import ACCOUNTS
from dashboards.grafana.boards.campaigns import CAMPAIGNS_BOARD
from dashboards.grafana.boards.coverage import COVERAGE
from dashboards.grafana.boards.drills import DRILLS_BOARD
from dashboards.grafana.boards.enterprise import ENTERPRISE_BOARD
from dashboards.grafana.boards.incident import INCIDENT_BOARD
from dashboards.grafana.boards.investigations import INVESTIGATIONS_BOARD
from dashboards.grafana.boards.obligations import OBLIGATIONS_BOARD
from dashboards.grafana.boards.pipeline import PIPELINE
from dashboards.grafana.boards.province import PROVINCE_BOARD
from dashboards.grafana.boards.queue import QUEUE
from dashboards.grafana.boards.situation import SITUATION
from dashboards.grafana.specs import Board
from dashboards.words import Text

BOARDS: Final[tuple[Board, ...]] = (
    SITUATION,
    PROVINCE_BOARD,
    QUEUE,
    INCIDENT_BOARD,
    ENTERPRISE_BOARD,
    CAMPAIGNS_BOARD,
    OBLIGATIONS_BOARD,
    DRILLS_BOARD,
    INVESTIGATIONS_BOARD,
    ACCOUNTS,
    PIPELINE,
    COVERAGE,
)

TITLES: Final[Mapping[str, Text]] = {board.name: board.title for board in BOARDS}
