"""Every dashboard, in the order in which the list shows them."""

from typing import Final

from dashboards.grafana.boards.situation import SITUATION
from dashboards.grafana.specs import Board

BOARDS: Final[tuple[Board, ...]] = (SITUATION,)
