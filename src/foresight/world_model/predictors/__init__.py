"""Predictors: latent to next latent."""
