"""People, for who manages those of a centre: /people/."""
