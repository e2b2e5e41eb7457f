"""From camera image to observation: rectification, empty table, occlusion."""
