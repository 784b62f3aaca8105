"""All stories by name: attacks that a simulation hides, look-alikes, and what drills tell."""

from collections.abc import Mapping
from typing import Final

from pipeline.simulate.stories.illegal_operation import ILLEGAL_OPERATION
from pipeline.simulate.stories.lookalikes import LOOKALIKES
from pipeline.simulate.stories.ransomware import RANSOMWARE
from pipeline.simulate.stories.step import Story
from pipeline.simulate.stories.storage_cleanup import STORAGE_CLEANUP
from pipeline.simulate.stories.supply_chain_update import SUPPLY_CHAIN_UPDATE
from pipeline.simulate.stories.uncontrolled_remote_maintenance import (
    UNCONTROLLED_REMOTE_MAINTENANCE,
)
from pipeline.simulate.stories.vulnerability_backdoor import VULNERABILITY_BACKDOOR

STORIES: Final[Mapping[str, Story]] = {
    story.name: story
    for story in (
        RANSOMWARE,
        VULNERABILITY_BACKDOOR,
        ILLEGAL_OPERATION,
        UNCONTROLLED_REMOTE_MAINTENANCE,
        *LOOKALIKES,
    )
}
"""What a simulation hides of itself; `fenghuo simulate` knows these."""

TOLD: Final[Mapping[str, Story]] = {
    **STORIES,
    **{story.name: story for story in (SUPPLY_CHAIN_UPDATE, STORAGE_CLEANUP)},
}
"""Everything that can be told where somebody plans the attacks: in drills."""
