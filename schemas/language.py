"""The languages in which analysts are told."""

from typing import Literal, TypeAlias

Language: TypeAlias = Literal["zh", "en"]
