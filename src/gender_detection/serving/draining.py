"""Draining the backlog of a listener, so that no accepted connection is reset when it closes.

Closing a listener resets the connections in its backlog, although their clients believe that they
are connected. So the kernel first drops new connections, and the backlog is worked off. Clients
that connect meanwhile get no answer, retry within a second, and are then refused or reach the next
server.
"""

import asyncio
import socket
import struct
import sys
from typing import Any

# The last packet of a handshake in progress takes one round trip.
HANDSHAKE_SECONDS = 0.1
# After these polls the backlog is given up: a worker this busy will not accept it.
POLLS, POLL_SECONDS = 50, 0.01

# IP_MINTTL and IPV6_MINHOPCOUNT of Linux (ip(7), ipv6(7), RFC 5082): packets with a lower TTL are
# dropped. Clients start with 64 or 128, so 255 drops all. A filter (SO_ATTACH_FILTER) would need
# privileges.
MIN_TTL = ((socket.IPPROTO_IP, 21), (socket.IPPROTO_IPV6, 73))
DROP_ALL = 255
# tcpi_unacked in struct tcp_info: of a listening socket, the connections in its backlog.
BACKLOG_LENGTH = struct.Struct("=24xI")


async def drain_backlog(listener: socket.socket) -> None:
    """Drop new connections, and return when the connections in the backlog are accepted.

    Call lift_hop_limit on each of them. Other processes that share the listener should do the same.
    Return at once on systems other than Linux.
    """
    if sys.platform != "linux" or not _set_min_ttl(listener, DROP_ALL):
        return
    await asyncio.sleep(HANDSHAKE_SECONDS)
    for _ in range(POLLS):
        if not _backlog_length(listener):
            return
        await asyncio.sleep(POLL_SECONDS)


def lift_hop_limit(connection: Any) -> None:
    """Remove the limit that a connection inherits from its listener and that drops its packets."""
    if sys.platform == "linux":
        _set_min_ttl(connection, 0)


def _set_min_ttl(sock: Any, ttl: int) -> bool:
    """Drop packets to a socket with a lower TTL; return whether the system supports it."""
    supported = False
    for level, option in MIN_TTL:
        try:
            sock.setsockopt(level, option, ttl)
            supported = True
        except OSError:
            # A socket of the other family, or a sandbox without these options.
            continue
    return supported


def _backlog_length(listener: socket.socket) -> int:
    """Return how many connections wait to be accepted."""
    info = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, BACKLOG_LENGTH.size)
    return int(BACKLOG_LENGTH.unpack(info)[0])
