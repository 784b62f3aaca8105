"""Standard input, a pipe or a file: read as fast as the spool takes it (shell)."""

import asyncio
import os
import sys
from contextlib import suppress
from threading import Thread

from pipeline.agent.collecting import Collector
from pipeline.agent.framing import Framer

READ_BYTES = 65_536


async def read_standard_input(collector: Collector) -> None:
    """Until its end. A thread of its own reads, which nobody waits for when the agent ends."""
    loop = asyncio.get_running_loop()
    framer = Framer("lines")
    done = asyncio.Event()

    def read() -> None:
        with suppress(RuntimeError):  # the loop has ended
            while data := os.read(sys.stdin.fileno(), READ_BYTES):
                hand_on(framer.feed(data))
            hand_on(framer.end())
            loop.call_soon_threadsafe(done.set)

    def hand_on(lines: list[bytes]) -> None:
        asyncio.run_coroutine_threadsafe(collector.put_patiently(lines), loop).result()

    Thread(target=read, daemon=True, name="standard input").start()
    await done.wait()
    collector.refuse("line_too_long", framer.too_long)
