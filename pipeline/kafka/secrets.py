"""Secrets: a variable of the environment, or the file that `<variable>_FILE` names.

A file keeps a password out of what prints an environment (`docker inspect`, a crash report), and
is how container engines and Kubernetes hand secrets over.
"""

import os
from collections.abc import Mapping
from pathlib import Path

SUFFIX = "_FILE"


class SecretFault(ValueError):
    """A secret that cannot be had: the variable, the cause and the remedy."""


def secret_of(variable: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """The secret without the line end that editors put after it; None where none is set.

    Raises SecretFault where both variables are set, or the file cannot be read.
    """
    path = environment.get(variable + SUFFIX, "")
    if not path:
        return environment.get(variable)
    if environment.get(variable):
        raise SecretFault(f"{variable} and {variable}{SUFFIX} are both set: keep one of them")
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as fault:
        cause = fault.strerror if isinstance(fault, OSError) else "no UTF-8"
        raise SecretFault(
            f"{variable}{SUFFIX}: {path}: {cause}; name a file that holds the secret alone"
        ) from fault
