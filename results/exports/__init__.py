"""Exports, results to download: broadsheets, listings and statements."""
