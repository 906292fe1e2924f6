"""Whose request it is, by X-Forwarded-For where a proxy of ours wrote it, and by nothing else."""

import pytest

from gender_detection.errors import ConfigError
from gender_detection.serving.clients import Clients, networks_of

PROXIES = Clients(networks_of("10.0.0.0/8, 192.0.2.7,2001:db8::/32", "PROXIES"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "", "10.1.2.3"),
        # What a client wrote itself stands before what the proxy appended.
        ("10.1.2.3", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.1, 203.0.113.9, 192.0.2.7", "203.0.113.9"),
        # Nobody's proxy is believed.
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("203.0.113.9", "10.0.0.1", "203.0.113.9"),
        # All are proxies: the first of them asks.
        ("10.1.2.3", "10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("10.1.2.3", "203.0.113.9:5000", "203.0.113.9"),
        ("2001:db8::1", "[2001:db9::2]:5000", "2001:db9::2"),
        ("::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"),
        # What is no address is nobody: the proxy that passed it on stands for it.
        ("10.1.2.3", "unknown", "10.1.2.3"),
        ("10.1.2.3", "203.0.113.9, nonsense", "10.1.2.3"),
        ("", "203.0.113.9", ""),
    ],
)
def test_client_is_whom_the_last_proxy_of_ours_heard_from(peer, forwarded, client):
    assert PROXIES.address(peer, forwarded) == client


def test_without_proxies_nobody_is_believed():
    assert Clients([]).address("10.1.2.3", "203.0.113.9") == "10.1.2.3"


@pytest.mark.parametrize("text", ["10.0.0.0/40", "10.0.0.1/8", "proxy.example", "1"])
def test_network_that_is_none_is_named(text):
    with pytest.raises(ConfigError, match=f"PROXIES has {text}, which is no network"):
        networks_of(f"192.0.2.7,{text}", "PROXIES")
