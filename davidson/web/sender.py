"""Who sent a request: the client's address behind trusted proxies, never kept but as a keyed hash."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from flask import Request

from davidson.web.signing import keyed_hash


def sender_address(request: Request) -> str:
    """A keyed hash of the client's address, for counters that live for minutes.

    An IPv6 client commands a whole /64, so that is its address here.
    """
    address = _address(request)
    return keyed_hash("address", _network(address, 32 if isinstance(address, IPv4Address) else 64))


def sender_network(request: Request) -> str:
    """A keyed hash of the client's network (/24 or /48), for the record that moderators see."""
    address = _address(request)
    return keyed_hash("network", _network(address, 24 if isinstance(address, IPv4Address) else 48))


def _address(request: Request) -> IPv4Address | IPv6Address:
    try:
        address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 - no address to bind to, but none known.
    except ValueError:  # A Unix socket has no address.
        return IPv4Address(0)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _network(address: IPv4Address | IPv6Address, prefix: int) -> str:
    """The network in the notation of `ip_network`, which takes four times as long to find it."""
    host_bits = address.max_prefixlen - prefix
    return f"{type(address)(int(address) >> host_bits << host_bits)}/{prefix}"
