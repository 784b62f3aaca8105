"""One measured run of the engine in a process of its own: rules, events, matches.

`python -m tests.benchmarks.sigma_run RULES EVENTS CACHE [--out FILE]` prints one JSON
object: events, matches, start-up and matching CPU seconds, greatest memory. Decoding and
normalising count; plans are built within the measured time.
"""

import argparse
import resource
from pathlib import Path

import orjson

from pipeline.app.collector import spare_long_lived
from pipeline.files.rule_files import load_rules
from pipeline.intake.formats.table import read_fields
from tests.benchmarks.rsigma import own_cost


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("rules", type=Path)
    parser.add_argument("events", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    start = resource.getrusage(resource.RUSAGE_SELF)
    rules = load_rules([arguments.rules], arguments.cache)
    spare_long_lived()
    loading = own_cost(start)
    begin = resource.getrusage(resource.RUSAGE_SELF)
    events = 0
    pairs: list[object] = []
    with arguments.events.open("rb") as lines:
        for line in lines:
            found = rules.matches(read_fields("windows", line), line)
            if found:
                pairs.extend((events, rule.head.rule_id) for rule in found)
            events += 1
    matching = own_cost(begin)
    if arguments.out:
        arguments.out.write_bytes(orjson.dumps(pairs))
    report = {
        "rules": len(rules.rules),
        "events": events,
        "matches": len(pairs),
        "start_s": round(loading.cpu_s, 2),
        "match_s": round(matching.cpu_s, 2),
        "memory_mb": matching.memory_mb,
    }
    print(orjson.dumps(report).decode())


if __name__ == "__main__":
    main()
