"""What was done, and which scenario an incident is: the gravest coherent evidence decides.

Rule 1. What a rule shows is read from the table of deeds (`schemas/deeds.py`). A deed weighs as
        its gravest rule: the risk of the rule's level times the deed's own weight, a correlation
        twice (two observations that agree), what is a machine's own doing a level lower.
        Informational rules weigh nothing, so no scenario rests on them.
Rule 2. A rule's own `fenghuo.scenario` is its scenario, and it says so beyond doubt. Critical
        rules with one decide alone.
Rule 3. A scenario weighs as its gravest deed; of equal ones, as all rules that name it too. Harm
        comes before the means, the means before what any attack leaves behind, as long as it
        weighs at least half of the gravest scenario. Among harms the table's order decides.
Rule 4. Some deeds mean another thing when they come from another host (`shows_another_host`):
        where the rule's own detections show it, or where anything in the case does.
Rule 5. It is a function of the evidence that is held, asked anew at every revision.
"""

import re
from collections.abc import Collection

import msgspec

from pipeline.incidents.evidence import Witness
from pipeline.incidents.linking_keys import normal_form
from pipeline.incidents.policy import LEVEL_PLACE, LEVELS, IncidentPolicy
from pipeline.incidents.triage import Sign
from schemas.deeds import UNKNOWN, Deed, Remote, deeds_of
from schemas.scenarios import SCENARIOS, Scenario, Standing, scenario_place

STANDINGS: tuple[Standing, ...] = ("harm", "means", "trace")
BEYOND_DOUBT = 4
"""The weight of a scenario that a rule's author names."""

NAMES_ANOTHER_HOST = re.compile(
    r"/node:|-ComputerName|-CimSession|New-PSSession|\s[/-]s\s+\\{0,2}[\w.-]+|"
    r"(?<![\w\\:])\\\\(?!localhost|127\.0\.0\.1|[.?]\\)[\w.-]+\\",
    re.IGNORECASE,
)
"""In a command: `/node:`, `-ComputerName`, `/s HOST`, a path that begins with a host's name."""
SEEN_ON_ITS_TARGET = ("attack.t1021.003", "attack.t1021.006", "attack.t1550")
"""Techniques that are nothing without another host, whatever log shows them."""
CATEGORIES_OF_ONE_HOST = frozenset(
    {"process_creation", "pipe_created", "file_event", "registry_set", "image_load", "ps_script"}
)
"""Logs that show a tool for other hosts (T1021) where it runs, not what it reached."""


class Score(msgspec.Struct, frozen=True):
    """What one rule shows, the scenario that it speaks for, and how much it says of it."""

    deed: Deed
    scenario: str
    weight: int
    agrees_with: frozenset[str]
    """Scenarios of whatever else the rule's tags name."""


def score(policy: IncidentPolicy, sign: Sign, is_remote: bool) -> Score:
    """What a rule shows in a case; `is_remote` says what the case shows (rules 1, 2 and 4)."""
    rule, own = sign.rule, sign.rule.scenario if sign.rule.scenario in SCENARIOS else ""
    remote: Remote = "rule" if sign.is_remote else "case" if is_remote else ""
    deeds = deeds_of(rule.tags, rule.category, remote)
    deed = deeds[0] if deeds else UNKNOWN
    is_silent = rule.level == "informational" and not rule.is_correlation
    risk = policy.risk_of_level.of(LEVELS[own_place(sign)]) * (2 if rule.is_correlation else 1)
    return Score(
        deed=deed,
        scenario=own or deed.scenario,
        weight=0 if is_silent else risk * (BEYOND_DOUBT if own else deed.weight),
        agrees_with=frozenset(one.scenario for one in deeds),
    )


def own_place(sign: Sign) -> int:
    """The place of the level as which a sign weighs here (rule 1)."""
    place = LEVEL_PLACE[sign.rule.level]
    return max(place - 1, 0) if sign.is_machine_activity else place


def choose_scenario(policy: IncidentPolicy, signs: Collection[Sign]) -> Scenario:
    """The scenario of an incident that these signs made."""
    is_remote = any(sign.is_remote for sign in signs)
    declared = [one for one in signs if one.rule.scenario and one.rule.level == "critical"]
    for voters in (declared, signs):
        scores = [score(policy, sign, is_remote) for sign in voters]
        told = [one for one in scores if one.weight and one.scenario != "other"]
        if told:
            return SCENARIOS[_elect(told)]
    return SCENARIOS["other"]


def _elect(scores: Collection[Score]) -> str:
    """The scenario that leads (rule 3)."""
    weights: dict[str, int] = {}
    for one in scores:
        weights[one.scenario] = max(weights.get(one.scenario, 0), one.weight)
    together = {
        key: sum(one.weight for one in scores if key in {one.scenario, *one.agrees_with})
        for key in weights
    }
    enough = max(weights.values()) / 2
    able = [key for key, weight in weights.items() if weight >= enough]
    standing = min((SCENARIOS[key].standing for key in able), key=STANDINGS.index)
    candidates = [key for key in able if SCENARIOS[key].standing == standing]
    if standing == "harm":
        return min(candidates, key=scenario_place)
    return min(candidates, key=lambda key: (-weights[key], -together[key], scenario_place(key)))


def shows_another_host(witness: Witness) -> bool:
    """Whether a detection shows that something came from one host to another (rule 4)."""
    rule, entities = witness.rule, witness.entities
    if rule.level == "informational":
        return False
    tags = [tag.lower() for tag in rule.tags]
    if any(tag.startswith(SEEN_ON_ITS_TARGET) for tag in tags):
        return True
    if any(tag.startswith("attack.t1021") for tag in tags):
        return rule.is_correlation or rule.category not in CATEGORIES_OF_ONE_HOST
    hosts = {normal_form(one.kind, one.value)[1] for one in entities if one.kind == "host"} - {""}
    return len(hosts) > 1 or bool(NAMES_ANOTHER_HOST.search(witness.evidence.summary))
