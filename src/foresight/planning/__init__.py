"""Planning: choose actions whose imagined future costs least and satisfies the guardrails."""
