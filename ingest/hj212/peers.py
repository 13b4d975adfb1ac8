"""Who is connected from where: how many there is room for, who has to leave, and who is read from later.

Many devices may share one address, so an address is never shut out: what it sends as noise closes that connection,
and the next ones from there are read from after a pause that grows, short enough for a device to be heard in time.
"""

from collections import Counter
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

_SHORTEST_S, _LONGEST_S = 0.1, 5.0
_FORGOTTEN_S = 600.0
_MOST = 10_000
_NETWORK = (1 << 128) - (1 << 64)


@dataclass(frozen=True)
class Room:
    """How many connections there may be, in all and from one address, and for how many seconds one may be silent:
    before a device is known on it, and afterwards."""

    connections: int = 10_000
    of_a_peer: int = 10_000
    unknown_idle_s: float = 300.0
    idle_s: float = 90_000.0


@dataclass
class Peers:
    """What is known of addresses; times are seconds of any one clock."""

    room: Room = field(default_factory=Room)
    connected: Counter[str] = field(default_factory=Counter)
    _noisy: dict[str, tuple[int, float]] = field(default_factory=dict)

    def came(self, peer: str) -> None:
        self.connected[peer] += 1

    def left(self, peer: str) -> None:
        self.connected[peer] -= 1
        if not self.connected[peer]:
            del self.connected[peer]

    def crowded(self, peer: str) -> bool:
        """Whether an address has more connections than one may."""
        return self.connected[peer] > self.room.of_a_peer

    def was_noisy(self, peer: str, now: float) -> None:
        """Note that a connection was closed since it sent nothing but what can't be accepted."""
        times, at = self._noisy.pop(peer, (0, now))
        self._noisy[peer] = (1 if now - at > _FORGOTTEN_S else times + 1), now
        if len(self._noisy) > _MOST:
            del self._noisy[next(iter(self._noisy))]

    def pause_s(self, peer: str, now: float) -> float:
        """How long a new connection of an address waits before it is read from."""
        times, at = self._noisy.get(peer, (0, now))
        if not times or now - at > _FORGOTTEN_S:
            return 0.0
        return min(_SHORTEST_S * 2.0 ** min(times, 10), _LONGEST_S)


def address_of(peername: object) -> str:
    """The address by which a peer is told from others: of IPv6 its network of 64 bits, within which it has all."""
    host = str(peername[0]).partition("%")[0] if isinstance(peername, tuple) and peername else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return host if address.is_loopback else f"{IPv6Address(int(address) & _NETWORK)}/64"
