"""All stories by name: attacks that a simulation hides, and look-alikes that surround them."""

from collections.abc import Mapping
from typing import Final

from pipeline.simulate.stories.illegal_operation import ILLEGAL_OPERATION
from pipeline.simulate.stories.lookalikes import LOOKALIKES
from pipeline.simulate.stories.ransomware import RANSOMWARE
from pipeline.simulate.stories.step import Story
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
