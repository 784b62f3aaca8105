"""Which scenario an incident is: the strongest evidence votes, the table decides.

Rule 1. Critical rules whose author names the scenario vote first. Where there is none, rules of
        level high or more do; where none of them leads to a scenario, those of the next lower
        level, and so on down.
Rule 2. A rule votes for the first scenario that its tags lead to, with the risk of its level;
        a rule's own `fenghuo.scenario` is its vote.
Rule 3. Harm comes first: one vote suffices, and the table's order decides between several.
        Then the means, then what any attack leaves behind: most votes, then most votes of
        rules of any level, then the table's order.
"""

from collections.abc import Collection, Mapping

from pipeline.incidents.policy import LEVEL_PLACE, IncidentPolicy
from pipeline.incidents.state import RuleFacts
from schemas.scenarios import SCENARIOS, Scenario, Standing, scenario_place, scenarios_of

ROUNDS: tuple[frozenset[int], ...] = (
    frozenset({LEVEL_PLACE["critical"], LEVEL_PLACE["high"]}),
    frozenset({LEVEL_PLACE["medium"]}),
    frozenset({LEVEL_PLACE["low"]}),
    frozenset({LEVEL_PLACE["informational"]}),
)
STANDINGS: tuple[Standing, ...] = ("harm", "means", "trace")


def choose_scenario(policy: IncidentPolicy, rules: Collection[RuleFacts]) -> Scenario:
    """The scenario of an incident that these rules made."""
    of_all = _votes(policy, rules)
    declared = [rule for rule in rules if rule.scenario and rule.level == "critical"]
    rounds = [[rule for rule in rules if LEVEL_PLACE[rule.level] in levels] for levels in ROUNDS]
    for voters in (declared, *rounds):
        votes = _votes(policy, voters)
        for standing in STANDINGS:
            candidates = [key for key in votes if _stands(key, standing)]
            if candidates:
                return SCENARIOS[_elect(candidates, standing, votes, of_all)]
    return SCENARIOS["other"]


def _votes(policy: IncidentPolicy, rules: Collection[RuleFacts]) -> dict[str, int]:
    votes: dict[str, int] = {}
    for rule in rules:
        for key in scenarios_of(rule.tags, rule.scenario)[:1]:
            votes[key] = votes.get(key, 0) + policy.risk_of_level.of(rule.level)
    return votes


def _stands(key: str, standing: Standing) -> bool:
    return SCENARIOS[key].standing == standing and key != "other"


def _elect(
    candidates: Collection[str],
    standing: Standing,
    votes: Mapping[str, int],
    of_all: Mapping[str, int],
) -> str:
    if standing == "harm":
        return min(candidates, key=scenario_place)
    return min(candidates, key=lambda key: (-votes[key], -of_all[key], scenario_place(key)))
