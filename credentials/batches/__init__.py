"""Letters for many Associate Centres in one go: planned, asked for, watched and taken as a zip."""
