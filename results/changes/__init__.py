"""What changed: corrections, and results that came late."""
