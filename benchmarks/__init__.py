"""Benchmarks: instances, baselines behind one interface, one protocol."""
