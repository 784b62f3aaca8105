"""Python's garbage collector, set for a process that keeps an engine for long (shell).

What the engine makes of a batch holds no cycles and is let go by counting references; a
collection only walks it, and the rules, plans and states with it, to find nothing.
"""

import gc

YOUNG_OBJECTS = 50_000
"""Objects made and not yet let go before the young are collected; Python's own limit, 700, is
passed by every batch. What a few batches hold is far below it."""


def spare_long_lived() -> None:
    """Collections pass by whatever is there now, and come less often."""
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)


def collect_replaced() -> None:
    """An engine was replaced: what the old one held is collected, and what is there now spared."""
    gc.unfreeze()
    gc.collect()
    spare_long_lived()
