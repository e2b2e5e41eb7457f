"""The ROS 2 edge: one file a node, and the only folder that imports rclpy."""
