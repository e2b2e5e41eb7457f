"""Costs: guardrails, the goal energy and the cost head, one small term a file."""
