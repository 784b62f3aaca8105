"""`python -m tests.worker.counting_worker STORE`: the real worker around the counting engine."""

import sys
from pathlib import Path

from pipeline.worker.process import serve
from pipeline.worker.settings import read_settings
from tests.worker.counting import CountingParts

if __name__ == "__main__":
    serve(read_settings(), CountingParts(Path(sys.argv[1])))
