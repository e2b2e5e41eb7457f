"""What learns: networks, what they are shown, how they are measured and kept."""
