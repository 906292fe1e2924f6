"""Whose an address is: who shows no key is counted by the networks that its address is in."""

import ipaddress

# Bits of the networks that an IPv6 address is counted in, and how many times the limit each has.
# One host has all addresses of a /64. A home is given a /56, a company a /48 (RIPE-690, 2017,
# section 4.2; RFC 6177): that many hosts of one may use all of their own limit, rather than the
# 256 and 65,536 that each could pretend to have.
IPV6_NETWORKS = ((48, 16), (56, 4), (64, 1))


def networks_of(text: str) -> list[tuple[str, int]]:
    """Return whose an address is, from large to small, with how many times the limit they have."""
    # Some proxies add the port; of what is no address at all, no more than that is kept.
    address = _address(text.strip("[]")) or _address(text.rpartition(":")[0].strip("[]"))
    if address is None:
        return [(text[:64], 1)]
    if isinstance(address, ipaddress.IPv4Address):
        return [(str(address), 1)]
    if address.ipv4_mapped:
        return [(str(address.ipv4_mapped), 1)]
    return [
        (str(ipaddress.ip_network((int(address), bits), strict=False)), times)
        for bits, times in IPV6_NETWORKS
    ]


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
