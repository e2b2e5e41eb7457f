"""Two checkpoints on the same tables: is the new one better, or at least not worse?"""
