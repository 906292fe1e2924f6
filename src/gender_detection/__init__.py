"""Infer, from a personal name, how that name is gendered, and say how sure that is."""
