"""`python -m tests.worker.supervised_worker STORE`: workers of one command, counting.

Each has a store of its own under its process' name: what a server would be to all of them.
"""

import multiprocessing
import os
import sys
from functools import partial
from pathlib import Path

from pipeline.worker.settings import WorkerSettings, read_settings
from pipeline.worker.supervisor import supervise
from tests.worker.counting import CountingParts
from tests.worker.counting_worker import open_store

STORE = "COUNTING_STORE"


def parts_of(_settings: WorkerSettings) -> CountingParts:
    """The counting engine, in a member's process."""
    store = Path(os.environ[STORE]) / multiprocessing.current_process().name
    return CountingParts(partial(open_store, str(store)))


if __name__ == "__main__":
    os.environ[STORE] = sys.argv[1]
    supervise(read_settings(), parts_of)
