"""After its client's EOF, a connection closes when every request is answered."""

import asyncio
from unittest.mock import create_autospec

import pytest

from gender_detection.serving import connection as connection_module
from gender_detection.serving.connection import Connection
from tests.serving.serving_doubles import guard_of


@pytest.fixture
def grace_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The grace period is over as soon as it begins."""
    monkeypatch.setattr(connection_module, "GRACE_SECONDS", 0.0)


async def closed_after(behind: bool) -> bool:
    """Return whether a connection is closed if its request is answered at the end of the grace
    period; behind: the client had sent another request behind it."""
    loop = asyncio.get_running_loop()
    transport = create_autospec(asyncio.Transport, instance=True)
    transport.get_write_buffer_size.return_value = 0
    connection = Connection(
        guard_of(), lambda **_: create_autospec(asyncio.Protocol, instance=True), app_state={}
    )
    connection.connection_made(transport)

    def begin() -> None:
        connection.head_received()
        connection.body_received()

    def finish() -> None:
        if behind:
            # As uvicorn does if it has parsed the next request already.
            loop.call_soon(begin)
        connection.response_sent()

    begin()
    loop.call_soon(finish)
    connection.eof_received()
    for _ in range(5):
        await asyncio.sleep(0)
    connection.connection_lost(None)
    closed: bool = transport.close.called
    return closed


def test_pipelined_request_is_answered_whenever_the_grace_period_ends(grace_is_over):
    assert not asyncio.run(closed_after(behind=True))


def test_connection_closes_when_the_last_request_is_answered(grace_is_over):
    assert asyncio.run(closed_after(behind=False))
