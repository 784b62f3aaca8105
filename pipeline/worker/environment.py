"""Variables of the environment that begin as ours do: a mistyped one must not go unheard. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

PREFIX: Final = "FENGHUO_"
OF_OTHERS: Final = (
    "ANALYST",  # who speaks (pipeline/cli/command_senders.py)
    "CLICKHOUSE",  # the store's address (pipeline/cli/stores.py)
    "CLICKHOUSE_FILE",  # secrets in files (pipeline/kafka/secrets.py)
    "KAFKA_PASSWORD_FILE",
    "ANALYST_KEY",  # who signs commands (pipeline/app/analyst_keys.py)
    "ANALYST_KEY_ID",
    "SIGN_KEY",  # who signs the worker's files (pipeline/cli/signing.py)
    "SIGN_KEY_ID",
    "KEEP_CASES_DAYS",  # retention (sinks/retention.py)
    "KEEP_LOGS_DAYS",
    "ETC",  # deploy/compose.yaml
    "LANG",  # the command line (pipeline/cli/spoken_language.py)
    "REQUIRE_CLICKHOUSE",  # tests
    "REQUIRE_KAFKA",
)
"""Variables that are read elsewhere than in the worker's settings."""
OF_GRAFANA: Final = f"{PREFIX}GRAFANA_"
_OF_KUBERNETES: Final = re.compile(r"_SERVICE_(HOST|PORT(_\w+)?)$|_PORT_\d+_(TCP|UDP)(_\w+)?$")
"""What Kubernetes says of a Service that is called fenghuo-…, besides `…_PORT`."""


def unknown_variables(environment: Mapping[str, str], settings: Iterable[str]) -> Iterator[str]:
    """A fault for each variable that nothing reads, with the name that may have been meant.

    `settings` are the worker's, in lower case and without the prefix.
    """
    known = [f"{PREFIX}{name.upper()}" for name in (*settings, *OF_OTHERS)]
    for name, value in sorted(environment.items()):
        if name.startswith(PREFIX) and name not in known and not _is_not_ours(name, value):
            near = get_close_matches(name, known, 1)
            yield f"{name}: no such setting" + (f"; did you mean {near[0]}?" if near else "")


def _is_not_ours(name: str, value: str) -> bool:
    is_link = name.endswith("_PORT") and value.startswith(("tcp://", "udp://"))
    return name.startswith(OF_GRAFANA) or is_link or _OF_KUBERNETES.search(name) is not None
