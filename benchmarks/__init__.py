"""Measurements, each printing ratios taken in one run."""
