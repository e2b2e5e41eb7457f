"""What is known of what is hidden."""
