"""The publishing guide's first ten minutes, typed word for word."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest

from pipeline.embedded.broker import BrokerFault, find_binary
from tests.docs.links import ROOT
from tests.docs.test_commands import BLOCK

STOP_S = 30


def typed() -> str:
    """The lines after their prompts, as a script; it ends when all that it started has ended."""
    section = (ROOT / "docs" / "publishing.md").read_text().split("## The first ten minutes")[1]
    return re.sub(r"^\$ ", "", BLOCK.findall(section)[0], flags=re.MULTILINE) + "wait\n"


def environment() -> Mapping[str, str]:
    """Of somebody who has set nothing yet; the worker's health on a free port."""
    kept = {name: each for name, each in os.environ.items() if not name.startswith("FENGHUO_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path, "FENGHUO_HEALTH_PORT": "0"}


def test_an_event_is_sent_taken_and_answered(tmp_path: Path) -> None:
    try:
        find_binary()
    except BrokerFault as absent:
        pytest.skip(str(absent))
    script = subprocess.Popen(
        ["bash", "-e", "-c", typed()],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, complaints = script.communicate(timeout=200)
    finally:
        end(script)
    assert script.returncode == 0, complaints
    sent, summary, receipt = said.splitlines()[-3:]
    assert orjson.loads(sent)["events"] == 1
    told = orjson.loads(summary)
    assert (told["receipts"], told["stored"], told["unanswered"]) == (1, 1, 0)
    assert receipt.endswith("accepted: 1 events = 1 stored")


def end(script: "subprocess.Popen[str]") -> None:
    """Also what it left running where it failed: the broker and the worker, in order."""
    try:
        os.killpg(script.pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    script.communicate(timeout=STOP_S)
