"""The task of bringing things together."""
