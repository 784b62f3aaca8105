"""The workers that are put to the test."""

from collections.abc import Callable
from pathlib import Path

from tests.chaos.experiment import Subject
from tests.chaos.traffic import counting_records
from tests.chaos.workers import python_module


def counting_subject(seed: int) -> Subject:
    """The real worker around the counting engine: nothing but the shell is tested."""

    def command(store: Path) -> list[str]:
        return python_module("tests.worker.counting_worker", str(store))

    return Subject(command=command, records=lambda: counting_records(seed), per_second=150.0)


SUBJECTS: dict[str, Callable[[int], Subject]] = {
    "counting": counting_subject,
}
"""By name; each is made for a seed."""
