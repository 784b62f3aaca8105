"""Every dashboard, from the nation down to one incident, then the machinery."""

from collections.abc import Mapping
from typing import Final

from dashboards.grafana.boards.accounts import ACCOUNTS
from dashboards.grafana.boards.campaigns import CAMPAIGNS_BOARD
from dashboards.grafana.boards.coverage import COVERAGE
from dashboards.grafana.boards.cross_border import CROSS_BORDER
from dashboards.grafana.boards.drills import DRILLS_BOARD
from dashboards.grafana.boards.enterprise import ENTERPRISE_BOARD
from dashboards.grafana.boards.enterprise_coverage import ENTERPRISE_COVERAGE
from dashboards.grafana.boards.entity import ENTITY_BOARD
from dashboards.grafana.boards.handover import HANDOVER_BOARD
from dashboards.grafana.boards.incident import INCIDENT_BOARD
from dashboards.grafana.boards.investigations import INVESTIGATIONS_BOARD
from dashboards.grafana.boards.obligations import OBLIGATIONS_BOARD
from dashboards.grafana.boards.pipeline import PIPELINE
from dashboards.grafana.boards.programme import PROGRAMME
from dashboards.grafana.boards.province import PROVINCE_BOARD
from dashboards.grafana.boards.queue import QUEUE
from dashboards.grafana.boards.search import SEARCH_BOARD
from dashboards.grafana.boards.situation import SITUATION
from dashboards.grafana.specs import Board
from dashboards.words import Text

BOARDS: Final[tuple[Board, ...]] = (
    SITUATION,
    PROVINCE_BOARD,
    QUEUE,
    HANDOVER_BOARD,
    INCIDENT_BOARD,
    ENTERPRISE_BOARD,
    SEARCH_BOARD,
    ENTITY_BOARD,
    CAMPAIGNS_BOARD,
    OBLIGATIONS_BOARD,
    CROSS_BORDER,
    PROGRAMME,
    DRILLS_BOARD,
    INVESTIGATIONS_BOARD,
    ACCOUNTS,
    PIPELINE,
    COVERAGE,
    ENTERPRISE_COVERAGE,
)

TITLES: Final[Mapping[str, Text]] = {board.name: board.title for board in BOARDS}
