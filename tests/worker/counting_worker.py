"""`python -m tests.worker.counting_worker STORE`: the real worker around the counting engine."""

import sys
from functools import partial

from pipeline.worker.process import serve
from pipeline.worker.settings import read_settings
from sinks.chdb import ChdbSink
from tests.worker.counting import CountingParts


def open_store(folder: str) -> ChdbSink:
    """An embedded store, ready for rows."""
    sink = ChdbSink(folder)
    sink.migrate()
    return sink


if __name__ == "__main__":
    serve(read_settings(), CountingParts(partial(open_store, sys.argv[1])))
