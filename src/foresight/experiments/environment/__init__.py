"""Success in an environment of somebody else: planner and floors."""
