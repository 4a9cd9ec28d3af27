"""The application that gunicorn serves: `gunicorn wsgi:app`."""

from davidson import create_app

app = create_app(commands=False)
