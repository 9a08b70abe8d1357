"""Devices: laws whose arguments and work lie on several of them, in one process or in two."""
