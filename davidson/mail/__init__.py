"""Mails: how one looks, how it is handed to a server once, and who asked for some."""
