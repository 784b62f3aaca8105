"""Opens an embedded store under a `users_config` and prints the rows that each relation shows.

A process of its own, because an engine reads its users once. Called with the store, the engine's
configuration and the database; for each line of SQL on standard input it prints one of JSON: a
list of rows, or the engine's refusal as text.
"""

import json
import sys
from typing import Any

import chdb


def answers(store: str, configuration: str) -> None:
    """Each question's answer, in the order of the questions."""
    engine: Any = chdb  # the package has no types
    connection = engine.connect(f"{store}?config-file={configuration}")
    for question in sys.stdin:
        try:
            answer = connection.query(question, "JSONEachRow").data()
        except (chdb.ChdbError, RuntimeError) as fault:
            print(json.dumps(str(fault)), flush=True)
        else:
            print(json.dumps([json.loads(line) for line in answer.splitlines()]), flush=True)


if __name__ == "__main__":
    answers(*sys.argv[1:])
