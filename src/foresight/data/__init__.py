"""Recorded play: episodes on disk, transitions for training, bags."""
