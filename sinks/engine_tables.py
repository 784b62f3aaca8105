"""What the engine was made of: rules that match, rules that matched, and who signed the files."""

from schemas.rules import RuleOfSet, RulesInForce
from schemas.signed_files import SignedFile
from sinks.columns import HEX_ID, JSON, MOMENT, TEXT, WORD, WORDS, Table, column, json_of, list_of

RULES_IN_FORCE = Table(
    name="rules_in_force",
    of=RulesInForce,
    comment="The rules that are matched with: one row, the rule set that was loaded last.",
    key=("kind",),
    order_by=("kind",),
    repeatable=True,
    is_public=True,
    columns=(
        column("kind", WORD, "sigma."),
        column("rule_set_id", TEXT, "Content id of the rule set."),
        column(
            "rules",
            JSON,
            "List of rule_id, title, title_zh, level, product, category, service, tags.",
            json_of("rules"),
        ),
    ),
)

SIGNED_FILES = Table(
    name="signed_files",
    of=SignedFile,
    comment="The newest signature of registry, policy and rules that a worker took.",
    key=("place",),
    order_by=("place",),
    version="signed_at",
    columns=(
        column("place", TEXT, "File or folder, as the workers' settings spell it."),
        column("key_id", WORD, "Whose signature."),
        column("signed_at", MOMENT, "When it was signed: nothing older is taken."),
    ),
)

RULE_SETS = Table(
    name="rule_sets",
    of=RuleOfSet,
    comment="The rules of every rule set that was loaded: what batches.rule_set_id refers to.",
    key=("rule_set_id", "rule_id"),
    order_by=("rule_set_id", "rule_id"),
    is_public=True,
    columns=(
        column("rule_set_id", WORD, "Content id of the rule set."),
        column("rule_id", TEXT, "Sigma id."),
        column("content_id", HEX_ID, "Of what the rule looks for, filters included."),
        column("title", TEXT, "Sigma title."),
        column("sources", WORDS, "Its log sources: category/product/service.", list_of("sources")),
    ),
)
