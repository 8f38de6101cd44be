"""Which addresses may be dialled. Decided with the address itself, after DNS and again on every redirect.

A source's address comes from whoever may add one, and where it redirects to from whoever publishes it; neither may use us
to ask a router, a database or a cloud's metadata service. The networks are listed here one by one: Python's own
`is_global` passes some that are reserved, and changes its mind between releases (IANA Special-Purpose Address
Registries, RFC 6890 and its successors).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Network = IPv4Network | IPv6Network

REFUSED = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # a provider's own; Alibaba's metadata service
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's metadata and DNS, in the middle of public addresses
        "169.254.0.0/16",  # link-local; most clouds' metadata services
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata service
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays, given up
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks of devices
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "::/127",  # unspecified, and loopback
        "64:ff9b:1::/48",  # translation within a network
        "100::/64",  # discarded
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # private; AWS's metadata service
        "fe80::/9",  # link-local, and the site-local of old
        "ff00::/8",  # multicast
    )
)
CARRIERS = tuple(  # networks whose addresses carry an IPv4 address, and at which bit it ends
    (IPv6Network(network), shift)
    for network, shift in (("::/96", 0), ("::ffff:0:0/96", 0), ("64:ff9b::/96", 0), ("2002::/16", 80))
)

AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]
"""An address as the resolver gives it: family, type, protocol, canonical name, socket address."""


class Forbidden(OSError):
    """The address is in a network that must not be asked, and that the configuration does not list."""


class Guard:
    """Makes the sockets of a session (aiohttp's `socket_factory`); for an address that is not allowed, it raises Forbidden."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """`allowed`: networks such as "10.1.0.0/16" that are asked although they are not public."""
        self._allowed = tuple(ip_network(network, strict=False) for network in allowed)
        self._decided = lru_cache(maxsize=16_384)(
            self._decide
        )  # the hosts of a newsroom's sources come again

    def __call__(self, address: AddressInfo) -> socket.socket:
        family, kind, protocol, _, where = address
        if not self.allows(str(where[0])):
            raise Forbidden(
                "not a public address"
            )  # in the same words for each: several errors are told as one then
        return socket.socket(family, kind, protocol)

    def allows(self, address: str) -> bool:
        """Whether an address, as numbers, may be dialled."""
        return self._decided(address)

    def _decide(self, address: str) -> bool:
        try:
            found = ip_address(address.partition("%")[0])  # a zone says which cable, not whose network
        except ValueError:
            return False
        if _within(found, self._allowed):
            return True
        carried = _carried(found)
        if carried and not _within(found, REFUSED):
            return self._decide(str(carried))
        return not _within(found, REFUSED)


def _within(address: IPv4Address | IPv6Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _carried(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 address that leads to it."""
    if isinstance(address, IPv6Address):
        for network, shift in CARRIERS:
            if address in network:
                return IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return None
