"""The runtime of the robot: phases, decisions, what it notices; no ROS, no simulator."""
