"""Stop listening without a reset for anybody whose connection the system has already taken.

Closing a listener resets the connections that wait in its queue, and their clients believe that
they are connected. So new ones are kept out first, in the kernel, and the queue is worked off:
whoever comes in the meantime hears nothing, asks again within a second, and is refused then, or
finds the next server.
"""

import asyncio
import ctypes
import socket
import struct
import sys

# A client's last word of a handshake under way is a round trip away.
HANDSHAKE_SECONDS = 0.1
# However long the queue stays: a worker that is this busy will not come to it.
MOST_SECONDS = 0.5
POLL_SECONDS = 0.01

SO_ATTACH_FILTER = 26  # Linux, socket(7)
# Classic BPF on a TCP segment. Byte 13 holds the flags; SYN alone asks for a connection.
_BYTE, _AND, _IS, _RETURN = 0x30, 0x54, 0x15, 0x06
_FLAGS, _SYN, _SYN_AND_ACK = 13, 0x02, 0x12
_NO_NEW_ONES = (
    (_BYTE, 0, 0, _FLAGS),
    (_AND, 0, 0, _SYN_AND_ACK),
    (_IS, 0, 1, _SYN),
    (_RETURN, 0, 0, 0),
    (_RETURN, 0, 0, 0xFFFFFFFF),
)
# In struct tcp_info of a socket that listens, tcpi_unacked: the connections in its queue.
_QUEUED = struct.Struct("=24xI")


async def drain(listener: socket.socket) -> None:
    """Keep new connections out, and return when those that the listener has are taken.

    The listener's other owners go on as well and should do the same. Where the system cannot do
    this, return at once.
    """
    if not _keep_new_ones_out(listener):
        return
    loop = asyncio.get_running_loop()
    deadline = loop.time() + MOST_SECONDS
    await asyncio.sleep(HANDSHAKE_SECONDS)
    while _queued(listener) and loop.time() < deadline:
        await asyncio.sleep(POLL_SECONDS)


def _keep_new_ones_out(listener: socket.socket) -> bool:
    """Return whether the kernel drops whatever asks the listener for a new connection."""
    if sys.platform != "linux":
        return False
    packed = b"".join(struct.pack("=HBBI", *step) for step in _NO_NEW_ONES)
    steps = ctypes.create_string_buffer(packed, len(packed))
    program = struct.pack("HP", len(_NO_NEW_ONES), ctypes.addressof(steps))
    try:
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
    except OSError:
        # Some sandboxes know no filters.
        return False
    return True


def _queued(listener: socket.socket) -> int:
    """Return how many connections wait to be taken."""
    known = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _QUEUED.size)
    return int(_QUEUED.unpack(known)[0])
