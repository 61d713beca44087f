"""Why something of sealed results is not done."""


class Refused(ValueError):
    """This cannot be done; the message says why, and what to do."""
