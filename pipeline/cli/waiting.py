"""Waiting for a store that is down, for commands that a person may interrupt (shell)."""

import time

import click


def wait(pause_s: float) -> bool:
    """Say so, pause, and go on: Ctrl-C is how a person says to stop."""
    click.echo(f"the store is not there; trying again in {pause_s:.0f} s (Ctrl-C ends)", err=True)
    time.sleep(pause_s)
    return True
