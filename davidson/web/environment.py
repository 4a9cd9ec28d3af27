"""Jinja as the site uses it: one set of globals for all templates, and templates that are compiled once."""

from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

from flask.templating import Environment as FlaskEnvironment
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class Environment(FlaskEnvironment):
    """Templates share the environment's globals as they are.

    Jinja would give each template a chain of maps, for globals of its own. Each `import` in each rendering compares the
    names of two of those, which cost a page of a dozen components as much as some of its queries.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The environment's own, unless there are others too."""
        return super().make_globals(d) if d else self.globals


class CompiledTemplates(FileSystemBytecodeCache):
    """Templates are compiled once, not by each process; a changed one is compiled anew.

    Where the folder can be neither read nor written, as on a full disk, each process compiles them for itself: a page
    needs no disk for that, least of all the one that tells of the fault.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket, if the template is kept and can be read."""
        try:
            super().load_bytecode(bucket)
        except OSError:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what the bucket holds, if that can be done."""
        with suppress(OSError):
            super().dump_bytecode(bucket)
