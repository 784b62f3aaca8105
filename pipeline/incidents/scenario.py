"""Which scenario an incident is: the strongest evidence votes, the table decides.

Rule 1. Critical rules whose author names the scenario vote first. Where there is none, rules of
        level high or more and correlations do; where none of them leads to a scenario, rules of
        the next lower level, and so on down. What is a machine's own doing (`attribution.py`) votes
        a level lower than it is.
Rule 2. A rule votes for the first scenario that its tags lead to, with the risk of its level;
        a rule's own `fenghuo.scenario` is its vote. A correlation is two observations that
        agree: it has two votes.
Rule 3. Harm comes first: one vote suffices, and the table's order decides between several.
        Then the means, then what any attack leaves behind: most votes, then most votes of
        rules of any level, then the table's order.
"""

from collections.abc import Collection, Mapping

from pipeline.incidents.policy import LEVEL_PLACE, LEVELS, IncidentPolicy
from pipeline.incidents.triage import Sign
from schemas.scenarios import SCENARIOS, Scenario, Standing, scenario_place, scenarios_of

ROUNDS: tuple[frozenset[int], ...] = (
    frozenset({LEVEL_PLACE["critical"], LEVEL_PLACE["high"]}),
    frozenset({LEVEL_PLACE["medium"]}),
    frozenset({LEVEL_PLACE["low"]}),
    frozenset({LEVEL_PLACE["informational"]}),
)
STANDINGS: tuple[Standing, ...] = ("harm", "means", "trace")


def choose_scenario(policy: IncidentPolicy, signs: Collection[Sign]) -> Scenario:
    """The scenario of an incident that these signs made."""
    of_all = _votes(policy, signs)
    declared = [one for one in signs if one.rule.scenario and one.rule.level == "critical"]
    rounds = [[sign for sign in signs if _place(sign) in levels] for levels in ROUNDS]
    for voters in (declared, *rounds):
        votes = _votes(policy, voters)
        for standing in STANDINGS:
            candidates = [key for key in votes if _stands(key, standing)]
            if candidates:
                return SCENARIOS[_elect(candidates, standing, votes, of_all)]
    return SCENARIOS["other"]


def _votes(policy: IncidentPolicy, signs: Collection[Sign]) -> dict[str, int]:
    votes: dict[str, int] = {}
    for sign in signs:
        for key in scenarios_of(sign.rule.tags, sign.rule.scenario)[:1]:
            weight = policy.risk_of_level.of(LEVELS[_own_place(sign)])
            votes[key] = votes.get(key, 0) + weight * (2 if sign.rule.is_correlation else 1)
    return votes


def _own_place(sign: Sign) -> int:
    place = LEVEL_PLACE[sign.rule.level]
    return max(place - 1, 0) if sign.is_machine_activity else place


def _place(sign: Sign) -> int:
    """In which round a sign votes, as a level's place (rule 1)."""
    own = _own_place(sign)
    return max(own, LEVEL_PLACE["high"]) if sign.rule.is_correlation else own


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
