"""The corpora beside the repository; tests that need one skip where it is absent."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from pipeline.files.recordings import Recording, open_recording
from pipeline.files.rule_files import load_documents
from pipeline.sigma.reading.parse import ParsedRules

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
needs_corpora = pytest.mark.skipif(
    not (CORPORA / "sigma-rules.tar.xz").exists(), reason=f"no corpora at {CORPORA}"
)


@cache
def corpus_rules() -> ParsedRules:
    return load_documents([CORPORA / "sigma-rules.tar.xz"], None)


def windows_recordings() -> Iterator[tuple[Path, Recording]]:
    for file in sorted((CORPORA / "otrf").glob("*.zip")):
        if "zeek" not in file.name:
            for recording in open_recording(file):
                yield file, recording
