"""What the site is measured against, each an application for the same gunicorn."""
