"""What is measured while something learns."""
