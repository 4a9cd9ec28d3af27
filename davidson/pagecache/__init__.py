"""Pages that every reader gets alike, kept as finished bytes and never stale."""
