"""Entries and results, to take away: broadsheets, listings, statements, and what changed."""
