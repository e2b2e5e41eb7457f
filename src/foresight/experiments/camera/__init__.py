"""What a camera may do to pictures."""
