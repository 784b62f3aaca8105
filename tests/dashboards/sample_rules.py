"""The rules of the made store: those that its detections name, and two that never fired."""

from typing import Final

from schemas.detection import Detection
from schemas.rules import RulesInForce, RuleSummary
from sinks.contract import Rows
from sinks.engine_tables import RULES_IN_FORCE
from tests.dashboards.sample import CASES, decisions

UNSEEN: Final = (
    RuleSummary(
        rule_id="never-seen",
        title="Credentials read from memory",
        title_zh="从内存读取凭据",
        level="high",
        product="windows",
        category="process_creation",
        tags=("attack.credential-access", "attack.t1003.001"),
    ),
    RuleSummary(
        rule_id="never-fed",
        title="Kernel module loaded",
        level="medium",
        product="linux",
        service="auditd",
        tags=("attack.persistence", "attack.t1547.006"),
    ),
)


def rules() -> Rows:
    """The rows of the store."""
    named = {
        each.rule_id: RuleSummary(
            rule_id=each.rule_id,
            title=each.title,
            level=each.level,
            product="windows",
            category="process_creation",
            tags=each.tags,
        )
        for each in decisions(CASES)
        if isinstance(each, Detection)
    }
    told = RulesInForce(rule_set_id="rules-2", rules=(*named.values(), *UNSEEN))
    return {RULES_IN_FORCE.name: [RULES_IN_FORCE.row(told)]}
