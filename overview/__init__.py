"""Overview: how far a series is, at one centre or at a main centre with all that is attached to it."""
