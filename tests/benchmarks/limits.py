"""What the hot paths may cost, each held against a yardstick of the same run.

A busy machine slows both sides of a ratio, so that it can be read where events a second cannot.
"""

from collections.abc import Mapping

LIMITS: Mapping[str, float] = {
    "engine simulated": 12,
    "engine simulated-200": 8,
    "engine recorded cold": 8,
    "engine recorded warm": 4,
    "engine recorded restarted": 8,
    "step simulated": 20,
    "step simulated-200": 10,
    "worker null simulated": 20,
    "worker null simulated-200": 10,
    "3,000 rules beside 100, cold": 1.6,
    "3,000 rules beside 100, warm": 1.6,
    "300 correlations beside 30": 1.3,
}
"""The goals: of engine, step and worker, how many times as much CPU as `orjson.loads` of the very
same lines; of the others, how many times as much as the smaller of two."""


def verdict(row: str, ratio: float) -> str:
    """The ratio beside its limit."""
    limit = LIMITS[row]
    return f"{ratio:5.2f} (goal {limit:g}{'' if ratio <= limit else ', missed'})"
