"""The metrics of several workers as those of one port: each series with its process. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

PROCESS = "process"
"""The label that tells the workers apart."""


class _Families(Collector):
    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = [*families]

    def collect(self) -> Iterator[Metric]:
        """See `Collector.collect`."""
        yield from self._families


def merge_metrics(texts: Mapping[str, str]) -> bytes:
    """Prometheus' texts, by process, as one text.

    Nothing is summed: a sum over processes is the reader's to ask for, and one that does not
    answer is missing from it rather than counted as nothing.
    """
    families: dict[str, Metric] = {}
    for process, text in texts.items():
        for family in text_string_to_metric_families(text):
            merged = families.setdefault(
                family.name, Metric(family.name, family.documentation, family.type)
            )
            for sample in family.samples:
                labels = {**sample.labels, PROCESS: process}
                merged.add_sample(sample.name, labels, sample.value)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(families.values()))
    return generate_latest(registry)
