"""Drawings, video and the HTML report: what a person looks at. No ROS."""
