"""Accounts of staff: signing in, factors, sessions, and what each does with the own account."""
