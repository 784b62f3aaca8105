"""How the tests run: Hypothesis without a clock, the same examples each time in CI."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "fenghuo",
    deadline=None,  # machines are shared: time says nothing about correctness
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",  # the gate must not turn red by chance
    print_blob=True,
)
settings.load_profile("fenghuo")
