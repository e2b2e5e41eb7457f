"""What a learner is shown in one step."""
