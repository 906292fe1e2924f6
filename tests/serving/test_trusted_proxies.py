"""The client's address is read from X-Forwarded-For only as far as trusted proxies wrote it."""

import pytest

from gender_detection.errors import ConfigError
from gender_detection.serving.trusted_proxies import TrustedProxies, parse_networks

PROXIES = TrustedProxies(parse_networks("10.0.0.0/8, 192.0.2.7,2001:db8::/32", "PROXIES"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "", "10.1.2.3"),
        # The client wrote the first entry itself; the proxy appended the last.
        ("10.1.2.3", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.1, 203.0.113.9, 192.0.2.7", "203.0.113.9"),
        # The peer is not a trusted proxy.
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),
        # All are trusted proxies: the first is the client.
        ("10.1.2.3", "10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("10.1.2.3", "203.0.113.9:5000", "203.0.113.9"),
        ("2001:db8::1", "[2001:db9::2]:5000", "2001:db9::2"),
        ("::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"),
        # Not an address: the proxy that passed it on counts as the client.
        ("10.1.2.3", "unknown", "10.1.2.3"),
        ("10.1.2.3", "203.0.113.9, nonsense", "10.1.2.3"),
        ("", "203.0.113.9", ""),
    ],
)
def test_client_is_the_peer_of_the_first_trusted_proxy(peer, forwarded, client):
    assert PROXIES.client_address(peer, forwarded) == client


def test_without_trusted_proxies_the_header_is_ignored():
    assert TrustedProxies([]).client_address("10.1.2.3", "203.0.113.9") == "10.1.2.3"


@pytest.mark.parametrize("text", ["10.0.0.0/40", "10.0.0.1/8", "proxy.example", "1"])
def test_invalid_network_is_named(text):
    with pytest.raises(ConfigError, match=f"PROXIES: invalid network {text}"):
        parse_networks(f"192.0.2.7,{text}", "PROXIES")
