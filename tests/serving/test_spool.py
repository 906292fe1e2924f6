"""Spooled bodies share a quota that leaves space for new clients."""

import asyncio

import pytest

from gender_detection.serving.spool import Disconnected, Spool, SpoolFull, SpoolQuota, TooLong


def receiving(*parts: bytes):
    messages = [
        {"type": "http.request", "body": part, "more_body": at < len(parts) - 1}
        for at, part in enumerate(parts)
    ]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return receive


def test_client_gets_at_most_half_of_what_others_leave():
    quota = SpoolQuota(1000)
    quota.take("first", 500)
    with pytest.raises(SpoolFull):
        quota.take("first", 1)
    quota.take("second", 250)
    quota.take("third", 125)

    assert [quota.available(client) for client in ("first", "second", "newcomer")] == [0, 0, 62]


def test_released_bytes_are_available_to_others():
    quota = SpoolQuota(1000)
    quota.take("first", 300)
    quota.take("first", 200)
    quota.release("first", 500)

    assert quota.available("second") == 500
    assert quota.available("first") == 500


def test_body_is_returned_whole_and_close_releases_its_bytes():
    quota = SpoolQuota(1000)
    lengths: list[int] = []
    spool = Spool(quota, "me", 400)
    body = asyncio.run(spool.read(receiving(b"ab", b"", b"cde"), lengths.append))

    assert body.read() == b"abcde"
    assert (spool.length, lengths) == (5, [2, 2, 5])
    assert quota.available("you") == (1000 - 5) // 2
    spool.close()
    assert quota.available("you") == 500


@pytest.mark.parametrize(
    ("parts", "limit", "expected"),
    [
        ((b"x" * 11,), 10, TooLong),
        ((b"x" * 6, b"x" * 5), 10, TooLong),
        ((b"x" * 6, b"x" * 5, b""), 100, SpoolFull),
    ],
)
def test_refused_body_takes_no_bytes(parts, limit, expected):
    quota = SpoolQuota(20)
    with pytest.raises(expected):
        asyncio.run(Spool(quota, "me", limit).read(receiving(*parts), lambda _: None))

    assert quota.available("you") == 10


def test_body_of_a_client_that_disconnects_takes_no_bytes():
    quota = SpoolQuota(1000)
    leaves = receiving(b"abc", b"")
    asyncio.run(leaves())

    async def receive():
        return {"type": "http.disconnect"}

    with pytest.raises(Disconnected):
        asyncio.run(Spool(quota, "me", 100).read(receive, lambda _: None))
    assert quota.available("you") == 500
