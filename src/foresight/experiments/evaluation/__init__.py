"""Success over episodes, with floors and ceiling."""
