"""How gunicorn runs the site, found by itself in the working directory: `gunicorn wsgi:app`.

Command-line flags and GUNICORN_CMD_ARGS outrank this file.
"""

import os
import sys
from pathlib import Path

worker_class = "gthread"
workers = 2
threads = 4
timeout = 30
graceful_timeout = 30
keepalive = 5
# A worker is renewed now and then, so that a leak in any library stays small.
max_requests = 5000
max_requests_jitter = 500
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


def on_starting(server):
    """Stop before any worker starts where a setting is wrong, with its one line."""
    from davidson.config import ConfigError, settings_from

    try:
        settings_from(os.environ)
    except ConfigError as error:
        sys.exit(f"davidson: {error}")


def post_fork(server, worker):
    """Let each worker open connections of its own: one that came through a fork is shared and breaks."""
    app = getattr(worker.app, "callable", None)
    if app is not None:
        from davidson.database import db

        with app.app_context():
            db.engine.dispose(close=False)
