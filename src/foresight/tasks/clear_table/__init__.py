"""The task of clearing a table: terms, cost head, hand rule."""
