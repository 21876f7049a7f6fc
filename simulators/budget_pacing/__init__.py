"""Robust budget pacing with a single sample: plans, the controller that follows them, and markets of many."""
