"""What the processes of the tests of members run; a module of its own, as each imports it."""

import time
from multiprocessing.connection import Connection

from pipeline.worker.health import HealthServer, verdict
from pipeline.worker.metrics import Metrics


def stay(is_live: bool, says: Connection) -> None:
    """A process that says whether it is live, and stays."""
    metrics = Metrics()
    metrics.add("gaps", 2)
    page = verdict("live", [] if is_live else ["it hangs"])
    pages = {each: lambda: page for each in ("/health/live", "/health/ready")}
    server = HealthServer("127.0.0.1", 0, {**pages, "/metrics": lambda: (200, metrics.text())})
    says.send(server.port)
    time.sleep(3_600)


def end_at_once(says: Connection) -> None:
    """A process that does not come so far as to have a port."""
    raise SystemExit(3)
