"""The rules that a worker matches with, and matched with once, as the store tells them."""

import msgspec


class RuleSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One Sigma rule or correlation (of which the log source is empty); tags as in its file."""

    rule_id: str
    title: str
    title_zh: str = ""
    level: str = ""
    product: str = ""
    category: str = ""
    service: str = ""
    tags: tuple[str, ...] = ()


class RulesInForce(msgspec.Struct, frozen=True, kw_only=True):
    """All of them: what was loaded last, so that a rule that has gone is no longer here."""

    rule_set_id: str
    rules: tuple[RuleSummary, ...]
    kind: str = "sigma"


class RuleOfSet(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of one rule set that was once loaded.

    `content_id` is of what it looks for (`pipeline/sigma/matching/rule_contents.py`); `sources`
    are its log sources as "category/product/service", of a correlation those of what it counts.
    """

    rule_set_id: str
    rule_id: str
    content_id: str
    title: str
    sources: tuple[str, ...]
