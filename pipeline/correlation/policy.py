"""What a site may decide about correlation: how long, and how much, is remembered."""

import msgspec


class CorrelationPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits of one enterprise's correlation state.

    `groups` and `state_bytes` bound the enterprise, `group_matches` one group of one
    correlation. A detection that only grows is said again at most once in `revision_gap_s` of
    event time, and when it is final.
    """

    revision_gap_s: int = 60
    groups: int = 50_000
    state_bytes: int = 4 * 1024 * 1024
    group_matches: int = 10_000
