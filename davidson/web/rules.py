"""Rules of addresses that an application is quick to make of."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


class LazyRule(Rule):
    """A rule that is compiled for building addresses when the first one is built.

    Werkzeug compiles two functions for each rule when it is added, which is a good part of an application's start, and
    no process builds addresses of all of them.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made: list[Callable[..., tuple[str, str]]] = []
        compiled = super()._compile_builder

        def build(rule: Rule, /, *values: Any, **more: Any) -> tuple[str, str]:
            if not made:
                made.append(compiled(append_unknown))
            return made[0](rule, *values, **more)

        return build
