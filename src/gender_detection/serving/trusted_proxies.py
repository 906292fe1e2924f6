"""The address of a client behind trusted proxies."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

from ..errors import ConfigError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def parse_networks(text: str, setting: str) -> list[Network]:
    """Return the networks or single addresses in a setting, separated by commas; raise ConfigError
    if one is invalid."""
    networks: list[Network] = []
    for part in filter(None, map(str.strip, text.split(","))):
        try:
            networks.append(ipaddress.ip_network(part))
        except ValueError as err:
            raise ConfigError(
                f"{setting}: invalid network {part}: write it as 10.0.0.0/8 or 192.0.2.7"
            ) from err
    return networks


class TrustedProxies:
    """Finds the address of a client in X-Forwarded-For.

    A proxy appends the address of its peer to the header. So the header is read from its end, as
    long as a trusted proxy wrote the entry. Clients can forge the entries before that.
    """

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks
        self._is_trusted = lru_cache(4096)(self._is_in_networks)

    def client_address(self, peer: str, forwarded: str) -> str:
        """Return the client's address from the peer's address and X-Forwarded-For."""
        if not self._networks or not forwarded:
            return peer
        client = peer
        for entry in reversed(forwarded.split(",")):
            if not self._is_trusted(client) or not (address := _without_port(entry.strip())):
                break
            client = address
        return client

    def _is_in_networks(self, text: str) -> bool:
        try:
            address: Address = ipaddress.ip_address(text)
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self._networks)


def _without_port(text: str) -> str:
    """Return an address without the port that some proxies append; "" if it is invalid."""
    for candidate in (text.strip("[]"), text.rpartition(":")[0].strip("[]")):
        try:
            return str(ipaddress.ip_address(candidate))
        except ValueError:
            continue
    return ""
