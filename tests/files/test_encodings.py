"""Files whose text is not plain UTF-8: read as what they are, and marked where signs are lost."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.app.file_reading import read_recordings
from pipeline.files.recordings import open_recording
from pipeline.intake.formats.table import AUTO
from pipeline.sigma.log_sources import DECODING_FIELD


def fields_of_file(file: Path, content: bytes, encoding: str = "") -> list[dict[str, Any]]:
    file.write_bytes(content)
    recordings = open_recording(file, encoding=encoding)
    return [found.fields for _, found in read_recordings(recordings, AUTO)]


SHAPES = {
    "a line": '{"a": "%s"}\n{"b": 1}\n',
    "over lines": '{\n "a": "%s"\n}\n{\n "b": 1\n}\n',
    "an array": '[{"a": "%s"},\n{"b": 1}]',
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lost", [b"\\ud800", b"\xff"])
def test_an_event_with_what_no_text_has_is_read_and_marked_and_no_other(
    tmp_path: Path, shape: str, lost: bytes
) -> None:
    content = SHAPES[shape].encode() % lost
    marked, plain = fields_of_file(tmp_path / "a.json", content.replace(b"%s", lost))
    assert marked == {"a": "\ufffd", DECODING_FIELD: "replaced"}
    assert plain == {"b": 1}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("encoding", ["gb18030", "big5", "shift_jis", "utf-16-le", "utf-16"])
def test_a_declared_encoding_is_that_of_the_file_however_its_events_are_cut(
    tmp_path: Path, shape: str, encoding: str
) -> None:
    content = (SHAPES[shape] % "表功").encode(encoding)
    first, _ = fields_of_file(tmp_path / "a.json", content, encoding)
    assert first["a"] == "表功"
