"""The desk for people: /people/."""
