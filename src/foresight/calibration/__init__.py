"""Where camera, table and tool really are: from pictures of a board and touches of the tool."""
