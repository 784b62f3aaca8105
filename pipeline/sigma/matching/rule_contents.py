"""What each rule of a rule set looks for, and where: told apart from what it is called."""

from hashlib import sha256

import msgspec

from pipeline.sigma.matching.ruleset import RuleSet
from pipeline.sigma.reading.documents import LogSource


class RuleContent(msgspec.Struct, frozen=True):
    """`content_id` changes with what a rule looks for, not with its title, level or place.

    `sources` are its log source, or those of all rules that a correlation counts, in the end.
    """

    content_id: str
    sources: tuple[LogSource, ...]


def contents_of(rules: RuleSet) -> dict[str, RuleContent]:
    """By rule id, correlations among them.

    A rule's content is its condition as it was compiled: with filters and placeholders. So it
    changes too where a later version of this package reads the same file otherwise.
    """
    found = {
        rule_id: RuleContent(_id_of(rule.logsource, rules.trees[rule_id]), (rule.logsource,))
        for rule_id, rule in rules.rules.items()
    }
    for each in rules.correlations:  # inner ones come first
        inner = [found[rule_id] for rule_id in each.rules if rule_id in found]
        body = {name: getattr(each, name) for name in each.__struct_fields__ if name != "head"}
        found[each.head.rule_id] = RuleContent(
            _id_of(body, [one.content_id for one in inner]),
            tuple(dict.fromkeys(source for one in inner for source in one.sources)),
        )
    return found


def _id_of(*parts: object) -> str:
    return sha256(msgspec.msgpack.encode(parts, order="deterministic")).hexdigest()[:32]
