"""Is a broker there, and does it let us in? Asked before any client is opened (shell).

The clients retry for ever and do not say why: a wrong password, a certificate of another
authority and a broker that is away look alike to whoever waits. Here each has its own answer.
"""

import asyncio
import time
from collections.abc import Callable

from pipeline.kafka.access import KafkaAccess
from pipeline.kafka.faults import BrokerAbsent, KafkaFault, LoginRefused, explain_connect_fault

PATIENCE_S = 8.0
"""How long a command waits for a broker that restarts."""
ANSWER_S = 5.0
PAUSE_S = 0.5
CLOSE_S = 0.2
"""For closing over TLS; a connection that never was is never told to be closed."""

Told = Callable[[KafkaFault], None]


def await_broker(
    access: KafkaAccess, patience_s: float = PATIENCE_S, told: Told = lambda fault: None
) -> None:
    """Returns once a broker lets us in; blocks for at most `patience_s` and one trial.

    Raises LoginRefused at once, as waiting mends nothing, and BrokerAbsent in the end;
    `told` hears of each vain trial.
    """
    deadline_s = time.monotonic() + patience_s
    while (absent := asyncio.run(_try_all(access))) is not None:
        if time.monotonic() >= deadline_s:
            raise absent
        told(absent)
        time.sleep(PAUSE_S)


def find_absence(access: KafkaAccess) -> BrokerAbsent | None:
    """None where any address answers as a broker does, be it to refuse us; blocks for a trial."""
    try:
        return asyncio.run(_try_all(access))
    except LoginRefused:
        return None


async def _try_all(access: KafkaAccess) -> BrokerAbsent | None:
    """None once one address lets us in, else why the first did not; raises LoginRefused."""
    absent: BrokerAbsent | None = None
    for host, port in access.addresses():
        try:
            await _connect_once(access, host, port)
            return None
        except (Exception, asyncio.CancelledError) as cause:
            fault = explain_connect_fault(cause, f"{host}:{port}", access.who)
            if not isinstance(fault, BrokerAbsent):
                raise fault from cause
            absent = absent or fault
    return absent


async def _connect_once(access: KafkaAccess, host: str, port: int) -> None:
    """Connect, log in, and ask a question that only those who are let in may ask."""
    from aiokafka.conn import AIOKafkaConnection
    from aiokafka.protocol.metadata import MetadataRequest

    timeout_ms = round(ANSWER_S * 1000)
    connection = AIOKafkaConnection(host, port, request_timeout_ms=timeout_ms, **access.security())
    try:
        await connection.connect()
        await connection.send(MetadataRequest([]))
    finally:
        await asyncio.wait([connection.close()], timeout=CLOSE_S)
