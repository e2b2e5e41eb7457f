"""The learned world model: encoder, predictors, and what is needed to train and to load them."""
