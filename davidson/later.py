"""Modules that few requests need: the first of these loads them, not the start of each process."""

from importlib import import_module
from typing import Any


class Later:
    """A module that is loaded when something of it is first asked for.

    It stands where an import would, for libraries alone, and only where what they take is felt in the start:

        if TYPE_CHECKING:
            import bleach
        else:
            bleach = Later("bleach")

    A worker that comes to need it keeps it to itself, while all workers share what was loaded before they were made.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)
