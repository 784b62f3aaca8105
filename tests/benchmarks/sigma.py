"""`python -m tests.benchmarks.sigma`: events per CPU-second beside rsigma, in the same run.

Both read the same NDJSON (the Windows recordings), with the same rule files, on one core;
start-up is measured over an empty file and taken off. `--differences` lists every (rule,
event) pair on which the two differ, by rule.
"""

import argparse
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

import orjson

from tests.benchmarks.rsigma import Cost, find_rsigma, run_rsigma, write_pipeline
from tests.sigma.corpora import CORPORA, windows_recordings

COUNTS = (100, 300, 1000, 3000)
TAG = "__bench"
ROUTING = ("--logsource-routing", "--event-logsource", "product=windows")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--differences", action="store_true", help="list the pairs that differ")
    parser.add_argument("--quick", action="store_true", help="only the Windows rules")
    arguments = parser.parse_args()
    if not CORPORA.exists():
        print(f"no corpora at {CORPORA}: nothing measured", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        events, empty = prepare(place)
        windows = place / "rules" / "rules" / "windows"
        if arguments.differences:
            list_differences(place, windows, events)
            list_differences(place, place / "rules", events, *ROUTING)
            return
        print("rules     engine   events/CPU-s  start-up s  memory MB  matches")
        sets = [("windows", windows)]
        if not arguments.quick:
            sets += [(str(count), subset(place, count)) for count in COUNTS]
            sets.append(("all", place / "rules"))
        for name, rules in sets:
            compare(place, name, rules, events, empty)


def prepare(place: Path) -> tuple[Path, Path]:
    """The rules unpacked, the recordings as one NDJSON, an empty file, rsigma's pipeline."""
    with tarfile.open(CORPORA / "sigma-rules.tar.xz") as archive:
        archive.extractall(place / "rules", filter="data")
    events, empty = place / "events.ndjson", place / "empty.ndjson"
    empty.touch()
    with events.open("wb") as out:
        for number, (_, recording) in enumerate(windows_recordings()):
            mark = f'{{"{TAG}":{number},'.encode()
            out.write(mark + recording.raw[1:] + b"\n")
    write_pipeline(place / "pipeline.yml")
    return events, empty


def subset(place: Path, count: int) -> Path:
    """`count` rules, evenly drawn from all of rules/, Windows first."""
    folder = place / f"rules-{count}"
    folder.mkdir()
    files = sorted((place / "rules" / "rules").rglob("*.yml"))
    step = len(files) / count
    for index in range(count):
        file = files[int(index * step)]
        (folder / f"{index}-{file.name}").write_bytes(file.read_bytes())
    return folder


def compare(place: Path, name: str, rules: Path, events: Path, empty: Path) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.sigma_run", str(rules), str(events)]
    ours = orjson.loads(subprocess.check_output([*command, str(place / "cache")]))
    warm = orjson.loads(subprocess.check_output([*command[:-1], str(empty), str(place / "cache")]))
    rate = ours["events"] / ours["match_s"]
    start = f"{ours['start_s']} ({warm['start_s']} cached)"
    line = f"{name:9} fenghuo  {rate:12,.0f}  {start}  {ours['memory_mb']:9}  {ours['matches']}"
    print(line, flush=True)
    binary = find_rsigma()
    if binary is None:
        print(f"{name:9} rsigma   not found: set RSIGMA or put it on the path", flush=True)
        return
    more = (
        () if name == "windows" else ("--logsource-routing", "--event-logsource", "product=windows")
    )
    with tempfile.TemporaryFile() as output:
        pipeline = place / "pipeline.yml"
        begin = run_rsigma(binary, rules, pipeline, empty, output, *more)
        output.truncate(0)
        whole: Cost = run_rsigma(binary, rules, pipeline, events, output, *more)
        output.seek(0)
        matches = sum(1 for _ in output)
    peer = ours["events"] / (whole.cpu_s - begin.cpu_s)
    times = f"{rate / peer:.2f} times"
    print(
        f"{name:9} rsigma   {peer:12,.0f}  {begin.cpu_s:.2f}  {whole.memory_mb:9}  {matches}"
        f"  ours is {times}",
        flush=True,
    )


def list_differences(place: Path, rules: Path, events: Path, *more: str) -> None:
    """Every pair that only one of the two has, counted by rule, with the first event of each."""
    binary = find_rsigma()
    if binary is None:
        print("rsigma not found: set RSIGMA or put it on the path", file=sys.stderr)
        return
    out = place / "pairs.json"
    command = [sys.executable, "-m", "tests.benchmarks.sigma_run", str(rules), str(events)]
    subprocess.check_output([*command, str(place / "cache"), "--out", str(out)])
    ours = {(number, rule) for number, rule in orjson.loads(out.read_bytes())}
    with tempfile.TemporaryFile() as output:
        run_rsigma(binary, rules, place / "pipeline.yml", events, output, "--include-event", *more)
        output.seek(0)
        rows = [orjson.loads(line) for line in output]
    theirs = {(row["event"][TAG], row["rule_id"]) for row in rows}
    only = len(ours - theirs), len(theirs - ours)
    print(f"both {len(ours & theirs)}, ours only {only[0]}, rsigma only {only[1]}")
    for name, pairs in (("ours only", ours - theirs), ("rsigma only", theirs - ours)):
        counts = Counter(rule for _, rule in pairs)
        first: dict[str, int] = defaultdict(lambda: sys.maxsize)
        for number, rule in pairs:
            first[rule] = min(first[rule], number)
        for rule, count in counts.most_common():
            print(f"{name}  {count:6}  {rule}  first at event {first[rule]}")


if __name__ == "__main__":
    main()
