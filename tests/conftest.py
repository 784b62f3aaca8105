"""How the tests run: Hypothesis without a clock, the same examples each time; marks by place."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Machines are shared: time says nothing about correctness.
settings.register_profile(
    "gate",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,  # the gate must not turn red by chance: `make laws` draws new examples
    print_blob=True,
)
settings.register_profile("laws", parent=settings.get_profile("gate"), derandomize=False)
settings.load_profile("gate")

os.environ["FENGHUO_LANG"] = os.environ["LANGUAGE"] = (
    "en"  # what is asserted is not the terminal's of who runs the tests
)


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """A command that spoke Chinese leaves its process so (pipeline/cli/spoken_language.py)."""
    yield
    os.environ["LANGUAGE"] = "en"


TESTS = Path(__file__).parent
MARKS: dict[str, str] = {
    "agent/test_killed.py": "broker",
    "chaos": "broker",
    "embedded": "broker",
    "kafka": "broker",
    "notices": "store",
    "replay": "broker",
    "demo": "broker",
    "worker/test_broker_gone.py": "broker",
    "worker/test_commands_beside.py": "broker",
    "worker/test_hostile.py": "broker",
    "worker/test_hostile_live.py": "broker",
    "worker/test_live.py": "broker",
    "drills/test_on_broker.py": "broker",
    "worker/test_readers.py": "broker",
    "worker/test_store_away.py": "broker",
    "cli": "store",
    "coverage/test_view.py": "store",
    "campaigns/test_command.py": "store",
    "correlation/test_absence_runs.py": "store",
    "dashboards": "store",
    "docs/test_analysts_day.py": "store",
    "docs/test_commands.py": "store",
    "docs/test_first_ten_minutes.py": "broker",
    "drills/test_live_untouched.py": "recordings",
    "drills/test_planning.py": "recordings",
    "drills/test_report_page.py": "browser",
    "drills/test_scored_store.py": "store",
    "files": "store",
    "sinks": "store",
    "report": "browser",
    "severity/test_form_page.py": "browser",
    "incidents/test_recordings.py": "recordings",
    "rules": "recordings",
    "scenarios": "recordings",
    "campaigns/test_simulated.py": "recordings",
    "engine/test_file_by_file.py": "recordings",
    "sigma/test_corpus.py": "recordings",
    "sigma/test_equals_reference.py": "recordings",
    "simulate": "recordings",
}
"""Folder or file: what its tests need beyond this process; the rest is `make test-fast`."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by where it stands."""
    for item in items:
        place = item.path.relative_to(TESTS)
        for named in (str(place), place.parts[0]):
            if named in MARKS:
                item.add_marker(MARKS[named])


@pytest.fixture(autouse=True, scope="session")
def _numbers_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What `incidents list` remembers of its numbers stays out of the developer's home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield
