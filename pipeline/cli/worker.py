"""`fenghuo worker`: the stream processor, as a process (shell)."""

from pathlib import Path

import click

from pipeline.cli.engines import load_engine
from pipeline.cli.stores import open_sink
from pipeline.path import Engine
from pipeline.state import EnterpriseState, decode_state, encode_state
from pipeline.worker.settings import SettingsFault, WorkerSettings, read_settings
from schemas.tables import ENTERPRISES
from sinks.contract import Sink
