"""What the site costs, measured against something named, in one run."""
