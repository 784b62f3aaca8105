"""`python -m tests.benchmarks.beside --old DIR [CASE …]`: this engine beside another commit's.

DIR is a checkout of it (`git worktree add DIR COMMIT`). Both engines run in processes of their
own and take the same batches in turns, so that a busy machine slows both alike. Printed: CPU
beside that of `orjson.loads` of the same lines, before and now, and how many times as fast.
"""

import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

TURNS = 40
CASES = ("simulated", "simulated_200", "recorded")
HERE = Path(__file__).resolve()


class Side:
    """One commit's engine in a process of its own."""

    def __init__(self, checkout: Path, case: str) -> None:
        # The checkout's own packages go before those that this interpreter has installed.
        environment = {**os.environ, "PYTHONPATH": str(checkout)}
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(HERE), "--turns-of", case],
            cwd=checkout,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.cpu_s = 0.0
        self.decoding_s = 0.0
        self.answer()

    def answer(self) -> list[str]:
        """The next line that it says."""
        assert self._process.stdout is not None, "opened with a pipe"
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"the other side ended with {self._process.wait()}")
        return line.split()

    def take_turn(self) -> None:
        """Let it take its next part of the batches, and count what that cost."""
        assert self._process.stdin is not None, "opened with a pipe"
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        cpu_s, decoding_s = map(float, self.answer())
        self.cpu_s += cpu_s
        self.decoding_s += decoding_s

    def ratio(self) -> float:
        """CPU beside that of decoding, since the last call."""
        ratio = self.cpu_s / self.decoding_s
        self.cpu_s = self.decoding_s = 0.0
        return ratio

    def end(self) -> None:
        """Let it go."""
        self._process.communicate()


def compare(old: Path, case: str) -> None:
    """One line for each state of the memories."""
    sides = Side(old.resolve(), case), Side(HERE.parents[2], case)
    for warmth in (" cold", " warm") if case == "recorded" else ("",):
        for _ in range(TURNS):
            for side in sides:
                side.take_turn()
        spent = [side.cpu_s for side in sides]
        before, now = (side.ratio() for side in sides)
        print(
            f"{case + warmth:15} x decoding: {before:6.2f} before, {now:6.2f} now;"
            f" {spent[0] / spent[1]:5.2f} times as fast",
            flush=True,
        )
    for side in sides:
        side.end()


def take_turns(case: str) -> None:
    """The other end of `Side`: a part of the batches each time that a line comes in."""
    # Of the checkout that the parent named.
    from pipeline.app.collector import spare_long_lived
    from pipeline.state import EnterpriseState, encode_state
    from tests.benchmarks import engine as inputs

    engine, batches = getattr(inputs, case)()
    size = -(-len(batches) // TURNS)
    cost = inputs.Cost()
    states: defaultdict[str, EnterpriseState] = defaultdict(EnterpriseState)
    spare_long_lived()
    print("ready", flush=True)
    for turn, _ in enumerate(sys.stdin):
        if turn % TURNS == 0:
            states.clear()
        before = cost.cpu_s, cost.decoding_s
        for batch in batches[turn % TURNS * size :][:size]:
            began = time.process_time()
            state = states[batch.enterprise_id]
            decided = engine.process(state, batch)
            encode_state(state)
            cost.add(time.process_time() - began, [batch.value], decided)
        print(cost.cpu_s - before[0], cost.decoding_s - before[1], flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """The cases that were named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--old", type=Path, help="a checkout of the other commit")
    parser.add_argument("--turns-of", choices=CASES, help=argparse.SUPPRESS)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}")
    chosen = parser.parse_args(arguments)
    if chosen.turns_of:
        take_turns(chosen.turns_of)
    elif chosen.old is None:
        parser.error("name a checkout of the other commit: --old DIR")
    else:
        for case in chosen.cases or CASES:
            compare(chosen.old, case)


if __name__ == "__main__":
    main()
