"""What learns, with all that exists only while it does."""
