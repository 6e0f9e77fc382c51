"""The procedure itself: pure functions and tables; no I/O, no clock, no randomness, no framework."""
