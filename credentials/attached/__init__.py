"""The state of each Associate Centre at a glance, for its main centre."""
