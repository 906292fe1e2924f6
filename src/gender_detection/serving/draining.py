"""Stop listening without a reset for anybody whose connection the system has already taken.

Closing a listener resets the connections that wait in its queue, and their clients believe that
they are connected. So new ones are kept out first, in the kernel, and the queue is worked off:
whoever comes in the meantime hears nothing, asks again within a second, and is refused then, or
finds the next server.
"""

import asyncio
import socket
import struct
import sys
from typing import Any

# A client's last word of a handshake under way is a round trip away.
HANDSHAKE_SECONDS = 0.1
# However long the queue stays: a worker that is this busy will not come to it.
POLLS, POLL_SECONDS = 50, 0.01

# Linux, ip(7), ipv6(7): the fewest hops that a packet must have left (RFC 5082), of 255; what began
# with 64 or 128, as clients do, is dropped. A filter (SO_ATTACH_FILTER) asks for rights.
HOPS_LEFT = ((socket.IPPROTO_IP, 21), (socket.IPPROTO_IPV6, 73))
ALL_HOPS = 255
# In struct tcp_info of a socket that listens, tcpi_unacked: the connections in its queue.
QUEUED = struct.Struct("=24xI")


async def drain_backlog(listener: socket.socket) -> None:
    """Keep new connections out, and return when those that the listener has are taken.

    Call lift_hop_limit on each of them. The listener's other owners go on and should do the same.
    Where the system cannot do this, return at once.
    """
    if sys.platform != "linux" or not _demand(listener, ALL_HOPS):
        return
    await asyncio.sleep(HANDSHAKE_SECONDS)
    for _ in range(POLLS):
        if not _queued(listener):
            return
        await asyncio.sleep(POLL_SECONDS)


def lift_hop_limit(connection: Any) -> None:
    """Take off a connection what it may have from its listener, and would keep its client out."""
    if sys.platform == "linux":
        _demand(connection, 0)


def _demand(sock: Any, hops: int) -> bool:
    """Drop whatever comes to a socket with fewer hops left; return whether the system does."""
    done = False
    for level, option in HOPS_LEFT:
        try:
            sock.setsockopt(level, option, hops)
            done = True
        except OSError:
            # Of the other family, or in a sandbox that does not know this.
            continue
    return done


def _queued(listener: socket.socket) -> int:
    """Return how many connections wait to be taken."""
    known = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, QUEUED.size)
    return int(QUEUED.unpack(known)[0])
