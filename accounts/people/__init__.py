"""People: the staff of centres, for those who manage them: /people/."""
