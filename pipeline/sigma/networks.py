"""The `cidr` tests of one field at once: an address to the bits of the networks that hold it.

An address is read once, and looked up once for each length of prefix that occurs, however
many networks a rule lists.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

LONGEST_ADDRESS = 128
"""Letters; a zone (`fe80::1%eth0`) may stand behind an IPv6 address."""

Address = IPv4Address | IPv6Address


def read_address(text: str) -> Address | None:
    """The address that `text` is, an IPv4-mapped IPv6 address as its IPv4 one; else None."""
    if len(text) > LONGEST_ADDRESS:
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


class Networks:
    """Networks, each with its bit."""

    __slots__ = ("by_length",)

    def __init__(self) -> None:
        self.by_length: dict[tuple[int, int], dict[int, int]] = {}
        """By version and bits that are the host's, then by the network's number."""

    def add(self, cidr: str, bit: int) -> None:
        network = ip_network(cidr, strict=False)
        host_bits = network.max_prefixlen - network.prefixlen
        numbers = self.by_length.setdefault((network.version, host_bits), {})
        number = int(network.network_address) >> host_bits
        numbers[number] = numbers.get(number, 0) | bit

    def mask(self, text: str) -> int:
        """The bits of the networks that the address `text` is in; 0 for any other text."""
        address = read_address(text) if self.by_length else None
        found = 0
        if address is not None:
            for bits in self._bits(address):
                found |= bits
        return found

    def _bits(self, address: Address) -> Iterator[int]:
        for (version, host_bits), numbers in self.by_length.items():
            if version == address.version:
                yield numbers.get(int(address) >> host_bits, 0)
