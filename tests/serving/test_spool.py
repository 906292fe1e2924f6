"""Bodies that are kept share a room, so that there is some for whoever comes."""

import asyncio

import pytest

from gender_detection.serving.spool import Disconnected, NoRoom, Room, Spool, TooLong


def receiving(*parts: bytes):
    messages = [
        {"type": "http.request", "body": part, "more_body": at < len(parts) - 1}
        for at, part in enumerate(parts)
    ]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return receive


def test_nobody_gets_more_than_half_of_what_others_leave():
    room = Room(1000)
    room.take("first", 500)
    with pytest.raises(NoRoom):
        room.take("first", 1)
    room.take("second", 250)
    room.take("third", 125)

    assert [room.left(whose) for whose in ("first", "second", "newcomer")] == [0, 0, 62]


def test_what_is_given_back_is_there_for_others():
    room = Room(1000)
    room.take("first", 300)
    room.take("first", 200)
    room.give_back("first", 500)

    assert room.left("second") == 500
    assert room.left("first") == 500


def test_body_is_given_whole_and_its_room_is_free_once_it_is_closed():
    room, told = Room(1000), []
    spool = Spool(room, "me", 400)
    body = asyncio.run(spool.read(receiving(b"ab", b"", b"cde"), told.append))

    assert body.read() == b"abcde"
    assert (spool.length, told) == (5, [2, 2, 5])
    assert room.left("you") == (1000 - 5) // 2
    spool.close()
    assert room.left("you") == 500


@pytest.mark.parametrize(
    ("parts", "most", "expected"),
    [
        ((b"x" * 11,), 10, TooLong),
        ((b"x" * 6, b"x" * 5), 10, TooLong),
        ((b"x" * 6, b"x" * 5, b""), 100, NoRoom),
    ],
)
def test_body_that_is_not_taken_leaves_nothing_behind(parts, most, expected):
    room = Room(20)
    with pytest.raises(expected):
        asyncio.run(Spool(room, "me", most).read(receiving(*parts), lambda _: None))

    assert room.left("you") == 10


def test_client_that_leaves_leaves_nothing_behind():
    room = Room(1000)
    leaves = receiving(b"abc", b"")
    asyncio.run(leaves())

    async def receive():
        return {"type": "http.disconnect"}

    with pytest.raises(Disconnected):
        asyncio.run(Spool(room, "me", 100).read(receive, lambda _: None))
    assert room.left("you") == 500
