"""Made-up cohorts of any size, for rehearsals and benchmarks. Nobody in them exists."""
