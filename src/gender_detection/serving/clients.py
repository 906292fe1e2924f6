"""Whose request it is, where proxies in front of the server pass on what others ask."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

from ..errors import ConfigError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def networks_of(text: str, setting: str) -> list[Network]:
    """Return the networks, or single addresses, of a setting, separated by commas; raise
    ConfigError where one is none."""
    found: list[Network] = []
    for part in filter(None, map(str.strip, text.split(","))):
        try:
            found.append(ipaddress.ip_network(part))
        except ValueError as err:
            raise ConfigError(
                f"{setting} has {part}, which is no network: give such as 10.0.0.0/8 or 192.0.2.7"
            ) from err
    return found


class Clients:
    """Tells clients from the proxies of these networks, which are believed.

    A proxy appends whom it heard from to X-Forwarded-For: so this is read from its end, as long as
    it was a proxy of ours that wrote it. What stands before may be anybody's invention.
    """

    def __init__(self, proxies: Sequence[Network]) -> None:
        self._proxies = proxies
        self._is_proxy = lru_cache(4096)(self._looked_up)

    def address(self, peer: str, forwarded: str) -> str:
        """Return the address of the client: by peer, who is connected, and X-Forwarded-For."""
        if not self._proxies or not forwarded:
            return peer
        client = peer
        for said in reversed(forwarded.split(",")):
            if not self._is_proxy(client) or not (heard := _without_port(said.strip())):
                break
            client = heard
        return client

    def _looked_up(self, text: str) -> bool:
        try:
            address: Address = ipaddress.ip_address(text)
        except ValueError:
            return False
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self._proxies)


def _without_port(text: str) -> str:
    """Return an address as some proxies write it, with its port; "" for what is none."""
    for written in (text.strip("[]"), text.rpartition(":")[0].strip("[]")):
        try:
            return str(ipaddress.ip_address(written))
        except ValueError:
            continue
    return ""
