"""States beside an embedded store, of another release or damaged."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from pipeline.app.embedded_states import STATES_FILE
from pipeline.cli.main import main
from tests.worker.hostile import enterprise


@pytest.mark.store
def test_states_beside_an_embedded_store_that_cannot_be_read_stay_as_they_are(
    tmp_path: Path,
) -> None:
    registry = tmp_path / "registry.ndjson"
    registry.write_bytes(msgspec.json.encode(enterprise("E1")))
    states = tmp_path / STATES_FILE
    states.write_bytes(b"no states")
    called = ["run", "--store", tmp_path, "--registry", registry, registry]
    result = CliRunner().invoke(main, [*map(str, called)])
    assert (result.exit_code, states.read_bytes()) == (1, b"no states")
    assert "start the release that wrote it" in result.output
