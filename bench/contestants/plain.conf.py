"""gunicorn.conf.py's settings for a site that has nothing of ours: what it loads is what is measured as it starts."""

import gc
from pathlib import Path

preload_app = True
worker_class = "gthread"
workers = 2
threads = 4
timeout = 30
graceful_timeout = 30
keepalive = 5
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
control_socket_disable = True
accesslog = None


def when_ready(server):
    """Take what was loaded out of the collector's rounds, as the site does."""
    gc.freeze()
