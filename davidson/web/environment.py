"""Jinja as the site uses it: one set of globals for all templates."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment as FlaskEnvironment


class Environment(FlaskEnvironment):
    """Templates share the environment's globals as they are.

    Jinja would give each template a chain of maps, for globals of its own. Each `import` in each rendering compares the
    names of two of those, which cost a page of a dozen components as much as some of its queries.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's own, unless there are others too."""
        return super().make_globals(d) if d else self.globals
