"""Things that other packages made: environments to learn in."""
