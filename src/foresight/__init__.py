"""Foresight: a robot arm that plans in the latent space of a learned world model."""
