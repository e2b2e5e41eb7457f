"""The macro-action `push`: a straight sweep of the paddle."""
