"""Associate Centres, many at once: what each has and needs, and letters for them as a batch."""
