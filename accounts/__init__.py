"""Accounts of staff: sign-in, second factors, sessions, and the pages of one's own account."""
