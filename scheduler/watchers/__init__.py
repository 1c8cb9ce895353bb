"""Watchers who guess when the officer comes: how well the rounds are hidden, measured."""
