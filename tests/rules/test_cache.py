"""Rules read from the cache are to the letter the rules that were parsed."""

from pathlib import Path

from pipeline.correlation.plan import compile_plan
from pipeline.correlation.policy import CorrelationPolicy
from pipeline.files.rule_files import load_rules

RULES = Path(__file__).parents[2] / "pipeline" / "rules"


def test_a_restart_that_reads_the_cache_keeps_the_correlation_plan(tmp_path: Path) -> None:
    """Another plan would retire the windows that the state holds."""
    parsed, cached, uncached = (load_rules([RULES], cache) for cache in (tmp_path, tmp_path, None))
    plans = {compile_plan(each, CorrelationPolicy()).plan_id for each in (parsed, cached, uncached)}
    assert len(plans) == 1
    assert parsed.content_id == cached.content_id == uncached.content_id
