"""What looking further ahead is worth."""
