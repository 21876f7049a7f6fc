"""Methods of a stranger."""
