"""What the newspaper says of itself."""
