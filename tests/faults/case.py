"""What a row is made of: cases. A case fails, says why it was not tried, or says what it measured."""

import time

CASES = {}
# What the case under way has found so far.
BROKEN = []


class NotTried(Exception):
    """What a case needs is not on this machine. Its text is the reason in the table."""


def case(function):
    """Adds a function to the row that is its module. What it returns stands in the table."""
    CASES.setdefault(function.__module__, []).append(function)
    return function


def check(holds, otherwise):
    if not holds:
        raise AssertionError(otherwise)


def until(holds, within, what):
    """Waits until `holds()` is true, and returns the seconds it took. Fails after `within` seconds."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > within:
            raise AssertionError(f"{what}: not within {within} s")
        time.sleep(0.05)
    return time.monotonic() - began


def in_time(seconds, promised, slack, what):
    """A promise in seconds, read generously: other work on the machine may cost `slack` seconds more."""
    if seconds > promised + slack:
        BROKEN.append(f"{what} {seconds:.1f} s, promised are {promised} s")
    return f"{what} {seconds:.1f} s"


def expect(holds, otherwise):
    """As `check`, but the case goes on, and fails at its end."""
    if not holds:
        BROKEN.append(otherwise)
