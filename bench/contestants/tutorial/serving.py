"""The application that gunicorn serves."""

import os

from bench.contestants.tutorial import create_app

app = create_app(os.environ["BENCH_DATABASE_URL"])
