"""The networks of an IP address: callers without a key are counted by them."""

import ipaddress

# Networks that an IPv6 address is counted in: prefix length, and how many times the limit it
# may use. One host has all addresses of a /64. A home gets a /56, a company a /48 (RIPE-690,
# 2017, section 4.2; RFC 6177). Without limits of their own, these could pretend to be 256 or 65,536
# hosts.
IPV6_NETWORKS = ((48, 16), (56, 4), (64, 1))


def networks_of(text: str) -> list[tuple[str, int]]:
    """Return the networks of an address, largest first, with how many times the limit each has."""
    # Some proxies add the port. Text that is not an address is cut to 64 characters.
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
