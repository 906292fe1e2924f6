"""The address that the server listens on."""

import errno
import socket

from ..config import PREFIX
from ..errors import ConfigError

ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to
BACKLOG = 1024


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on host and port; raise ConfigError if it cannot."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except socket.gaierror as err:
        raise ConfigError(
            f"unknown host {host}: set {PREFIX}HOST to an address of this machine"
        ) from err
    try:
        # Without it, connections of a server that has just stopped keep the port taken.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6 and host == "::":
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as err:
        listener.close()
        raise ConfigError(cannot_listen(host, port, err)) from err
    return listener


def cannot_listen(host: str, port: int, err: OSError, setting: str = "PORT") -> str:
    """Return why a server cannot listen, and what to do; setting is that of its port."""
    match err.errno:
        case errno.EACCES:
            return f"port {port} is reserved: set {PREFIX}{setting} to a port above 1023"
        case errno.EADDRINUSE:
            return f"port {port} is taken: stop the program that uses it or set {PREFIX}{setting}"
    return (
        f"cannot listen on {host} ({err.strerror}): set {PREFIX}HOST to an address of this machine"
    )


def reachable(host: str) -> str:
    """Return a host name that reaches the address from this machine."""
    return "localhost" if host in ANY_ADDRESS else host
