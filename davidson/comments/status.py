"""The states of a comment's life."""

import enum


class CommentStatus(enum.StrEnum):
    """Where a comment stands; the values are what the store, the exports and the command line show."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SPAM = "spam"
    DELETED = "deleted"
