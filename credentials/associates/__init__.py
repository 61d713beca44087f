"""Many Associate Centres at once: what each has and needs; letters for them, as a batch."""
