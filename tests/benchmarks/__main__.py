"""`make bench`: the engine beside the fastest peer."""

from tests.benchmarks.sigma import main

main()
