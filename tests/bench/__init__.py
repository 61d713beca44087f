"""Benchmarks: each way against another, side by side in one run, so that the ratios hold anywhere."""
