"""How often a password may be guessed: per person and network tightly, per network and per person loosely.

A guesser uses up only what is counted for the own network, so the owner still signs in from another one. Guesses that
come from everywhere at once are slowed per person, except from networks where the owner has signed in before.
Whether the person exists makes no difference here.
"""

from dataclasses import dataclass

from limits import RateLimitItem, parse

from davidson.accounts.details import normal_email
from davidson.web.limits import forgive, seconds_left, seconds_to_wait
from davidson.web.signing import keyed_hash, settings

PER_PERSON_AND_ADDRESS = parse("5 per 5 minutes")
PER_PERSON_AND_NETWORK = parse("20 per hour")
PER_NETWORK = parse("100 per hour")
PER_PERSON = parse("100 per hour")
LONGEST_MEMORY = 90  # days


@dataclass(frozen=True)
class Attempt:
    """One try of a password for the person with that e-mail address, from an address in a network (keyed hashes)."""

    email: str
    address: str
    network: str

    def seconds_to_wait(self) -> int:
        """Count this try and say how long to wait, in seconds; 0 where it may go on.

        A try that a narrower limit stops is not counted in the wider ones. To be called before the request's own
        transaction, as all limits.
        """
        for limit, key in self._own_limits():
            wait = seconds_to_wait(limit, key)
            if wait:
                return wait
        if seconds_left(_known_network_memory(), self._known_network()):
            return 0
        return seconds_to_wait(PER_PERSON, keyed_hash("guesses at person", self._person))

    def succeeded(self) -> None:
        """Begin this person's counts here anew and remember the network as one of theirs. To be called likewise.

        The network's own count stays: whoever has an account could else begin it anew while guessing at others.
        """
        for limit, key in self._own_limits():
            if limit is not PER_NETWORK:
                forgive(limit, key)
        forgive(_known_network_memory(), self._known_network())
        seconds_to_wait(_known_network_memory(), self._known_network())

    @property
    def _person(self) -> str:
        return normal_email(self.email)

    def _own_limits(self) -> tuple[tuple[RateLimitItem, str], ...]:
        return (
            (PER_PERSON_AND_ADDRESS, keyed_hash("guesses at person from address", self._person, self.address)),
            (PER_PERSON_AND_NETWORK, keyed_hash("guesses at person from network", self._person, self.network)),
            (PER_NETWORK, keyed_hash("guesses from network", self.network)),
        )

    def _known_network(self) -> str:
        return keyed_hash("network of person", self._person, self.network)


def _known_network_memory() -> RateLimitItem:
    """Not a limit but a memory: its one count says that the owner signed in from that network.

    No network is remembered longer than the settings allow.
    """
    return parse(f"1 per {min(settings().retention_network_days or LONGEST_MEMORY, LONGEST_MEMORY)} days")
