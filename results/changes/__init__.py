"""Changes of results: corrections, and results that came late."""
