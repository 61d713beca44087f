"""*Guidance*: what Direct's staff do, a short page for each task, searched, printed, and linked from
every page of Direct."""
