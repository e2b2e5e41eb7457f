"""Networks that learn, with all that exists only while they do."""
