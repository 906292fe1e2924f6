"""A connection whose client has said all that it will say ends when all of it is answered."""

import asyncio
from unittest.mock import create_autospec

import pytest
from serving_doubles import guard_of

from gender_detection.serving import connection as connection_module
from gender_detection.serving.connection import Connection


@pytest.fixture
def grace_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment that is left to a client is over as soon as it begins."""
    monkeypatch.setattr(connection_module, "GRACE_SECONDS", 0.0)


async def closed_after(behind: bool) -> bool:
    """Return whether a connection is closed once its request is answered, at the very moment at
    which the client's grace is over; behind says whether another request was sent behind it."""
    loop = asyncio.get_running_loop()
    transport = create_autospec(asyncio.Transport, instance=True)
    transport.get_write_buffer_size.return_value = 0
    connection = Connection(
        guard_of(), lambda **_: create_autospec(asyncio.Protocol, instance=True), app_state={}
    )
    connection.connection_made(transport)

    def begin() -> None:
        connection.asked()
        connection.answering()

    def finish() -> None:
        if behind:
            # As the server does, which has the next one at hand when an answer is given.
            loop.call_soon(begin)
        connection.done()

    begin()
    loop.call_soon(finish)
    connection.eof_received()
    for _ in range(5):
        await asyncio.sleep(0)
    connection.connection_lost(None)
    closed: bool = transport.close.called
    return closed


def test_request_sent_behind_another_is_answered_whenever_the_grace_ends(grace_is_over):
    assert not asyncio.run(closed_after(behind=True))


def test_connection_closes_when_the_last_request_is_answered(grace_is_over):
    assert asyncio.run(closed_after(behind=False))
