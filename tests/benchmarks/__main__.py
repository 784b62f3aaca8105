"""`make bench`: every hot path, each in a process of its own; name some to run only those."""

import subprocess
import sys
from importlib.util import find_spec

BENCHMARKS = (
    "sigma",
    "correlation",
    "engine",
    "scaling",
    "scale",
    "bombs",
    "campaigns",
    "sinks",
    "worker",
    "latency",
    "takeover",
    "neighbour_cpu",
    "neighbour",
    "twice",
    "panels",
)
"""Sigma beside its fastest peer; correlation; batch to decisions, and the worker's step; what more
rules and more correlations cost; the country's registry and states; hostile batches; sightings to
campaigns; rows a second; the stream, how long its batches wait, and the partitions of a lost
worker; what a loud enterprise costs the others; double inserts; every panel at a hundred
million events (10 GB of disk, up to an hour)."""


def main() -> int:
    """Run them one after another; the greatest exit code."""
    chosen = sys.argv[1:] or [each for each in BENCHMARKS if find_spec(f"tests.benchmarks.{each}")]
    worst = 0
    for name in chosen:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"tests.benchmarks.{name}"]
        worst = max(worst, subprocess.run(command, check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
