"""The viewer camera: pictures of a run for people, drawn afterwards from what was recorded."""
