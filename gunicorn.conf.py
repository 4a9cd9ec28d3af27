"""How gunicorn runs the site, found by itself in the working directory: `gunicorn wsgi:app`.

Command-line flags and GUNICORN_CMD_ARGS outrank this file.
"""

import gc
import os
import sys
from pathlib import Path

# Nothing that is loaded is garbage, and the collector would go through all of it again and again: it rests till then.
gc.disable()
from davidson.config import ConfigError, settings_from  # noqa: E402
from davidson.operations.keeper import end, start_keeper  # noqa: E402
from davidson.operations.serving import KEEP_WORKER  # noqa: E402
from davidson.pagecache.edge import Edge  # noqa: E402
from davidson.web.log import logging_of_gunicorn  # noqa: E402

# Where a setting is wrong, its one line is all that is said: no worker starts.
try:
    _settings = settings_from()
except ConfigError as error:
    sys.exit(f"davidson: {error}")

# The application is made once and workers are forks of it: they start at once and share what it is made of. It opens no
# connection and starts no thread before the fork.
preload_app = True
# gthread, with the site's own answer to what is no request.
worker_class = "davidson.web.worker.Worker"
workers = 2
threads = 4
# A worker that is silent for so long is replaced; its requests are lost. Seconds, like all times here.
timeout = 30
# How long a stopping worker may take to finish the requests that it holds.
graceful_timeout = 30
keepalive = 5
# A worker is renewed now and then, so that a leak in any library stays small; seldom, for a new one has no page yet.
max_requests = 200_000
max_requests_jitter = 50_000
# The heartbeat file must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# By default it stands in the user's home, where two sites would share one.
control_socket_disable = True
# Forwarded headers are believed by DAVIDSON_TRUSTED_PROXIES alone, never by gunicorn's own rule.
forwarded_allow_ips = ""
secure_scheme_headers = {}
limit_request_line = 4094
limit_request_field_size = 8190
limit_request_fields = 60
# The site logs its own requests, without addresses.
accesslog = None
logconfig_dict = logging_of_gunicorn(_settings.log_format)


def on_starting(server):
    """Begin with no page at the edge: one that an earlier release made, or another store, must not be answered."""
    Edge(_settings.instance).open(_settings.edge)


def on_reload(server):
    """Begin anew like that. What was loaded stays as it is: only these settings were read again."""
    on_starting(server)
    _collect_what_comes()


def _collect_what_comes():
    """Let the collector begin, without what was loaded: its rounds would write to the memory that the workers share.

    Not even one round goes before, for what it freed would leave holes there, which every worker fills for itself.
    """
    gc.freeze()
    gc.enable()


def when_ready(server):
    """Keep a worker for the outbox beside the site, in the way that `davidson serve` asks for."""
    _collect_what_comes()
    if how := os.environ.get(KEEP_WORKER):
        server.davidson_keeper = start_keeper(how)


def on_exit(server):
    """Let it finish what it works at. Where the master is killed it sees so by itself."""
    if keeper := getattr(server, "davidson_keeper", None):
        end(keeper)
