"""A layer for MITRE's ATT&CK Navigator: which techniques rules look for, and which were seen. Pure.

Layer format 4.5: https://github.com/mitre-attack/attack-navigator/tree/master/layers
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal, TypeAlias

from schemas.attack import techniques_of

Domain: TypeAlias = Literal["enterprise", "ics"]

FIRED_SQL: Final = """
SELECT tags, count() AS fired FROM detections WHERE status = 'active' AND drill = '' GROUP BY tags
"""
"""Rows for `fired`: sets of tags and how many detections have them."""
_COVERED, _SEEN = "#e4e0f0", "#5b3fa0"


def layer(
    name: str,
    domain: Domain,
    rules: Iterable[tuple[str, Sequence[str]]],
    fired: Iterable[tuple[Sequence[str], int]] | None = None,
) -> dict[str, Any]:
    """The layer of one domain; `rules` are titles and tags.

    A technique's score is how many detections named it, 0 where rules look for it and none did;
    without `fired` it is the number of rules. Techniques that no rule names are not in the layer.
    """
    by_technique: dict[str, list[str]] = {}
    for title, tags in rules:
        for technique in _of_domain(tags, domain):
            by_technique.setdefault(technique, []).append(title)
    seen: Counter[str] = Counter()
    for tags, count in fired or ():
        seen.update(dict.fromkeys(_of_domain(tags, domain), count))
    scores = {
        technique: len(by_technique[technique]) if fired is None else seen[technique]
        for technique in sorted(by_technique.keys() | seen.keys())
        if fired is not None or technique in by_technique
    }
    return {
        "name": name,
        "versions": {"layer": "4.5"},
        "domain": f"{domain}-attack",
        "sorting": 3,  # highest scores on top
        "techniques": [
            {
                "techniqueID": technique,
                "score": score,
                "comment": "\n".join(sorted(by_technique.get(technique, ()))),
            }
            for technique, score in scores.items()
        ],
        "gradient": {
            "colors": [_COVERED, _SEEN],
            "minValue": 0,
            "maxValue": max((1, *scores.values())),
        },
    }


def _of_domain(tags: Sequence[str], domain: Domain) -> list[str]:
    """ICS techniques are those from T0800 on, Enterprise ones begin at T1001."""
    is_ics = domain == "ics"
    return [each for each in techniques_of(tags) if each.startswith("T0") is is_ics]
