"""Which scenario an incident is: the strongest evidence votes, the table decides.

Rule 1. Rules of level high or more vote; where none of them leads to a scenario, those of the
        next lower level do, and so on down.
Rule 2. Of the scenarios voted for, the first in the table of scenarios holds. A rule's own
        `fenghuo.scenario` is its only vote.
"""

from collections.abc import Collection

from pipeline.incidents.policy import LEVEL_PLACE
from pipeline.incidents.state import RuleFacts
from schemas.scenarios import SCENARIOS, Scenario, scenario_place, scenarios_of

ROUNDS: tuple[frozenset[int], ...] = (
    frozenset({LEVEL_PLACE["critical"], LEVEL_PLACE["high"]}),
    frozenset({LEVEL_PLACE["medium"]}),
    frozenset({LEVEL_PLACE["low"]}),
    frozenset({LEVEL_PLACE["informational"]}),
)


def choose_scenario(rules: Collection[RuleFacts]) -> Scenario:
    """The scenario of an incident that these rules made."""
    for levels in ROUNDS:
        votes = {
            key
            for rule in rules
            if LEVEL_PLACE[rule.level] in levels
            for key in scenarios_of(rule.tags, rule.scenario)
        } - {"other"}
        if votes:
            return SCENARIOS[min(votes, key=scenario_place)]
    return SCENARIOS["other"]
