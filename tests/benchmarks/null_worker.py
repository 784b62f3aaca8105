"""`python -m tests.benchmarks.null_worker STORE`: the real worker, and no store."""

from pipeline.worker.engine_parts import EngineParts
from pipeline.worker.process import serve
from pipeline.worker.settings import WorkerSettings, read_settings
from sinks.contract import Rows, Sink
from tests.benchmarks.engine import NullSink


class NullParts:
    """The engine of the settings' files, and no store."""

    def __init__(self, settings: WorkerSettings) -> None:
        self.load_engine = EngineParts(settings).load_engine

    def open_sink(self) -> Sink:
        return NullSink()

    def signature_rows(self) -> Rows:
        return {}


if __name__ == "__main__":
    settings = read_settings()
    serve(settings, NullParts(settings))
