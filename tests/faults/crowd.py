"""Many callers at once, with what each was answered and how long it took."""

import threading
import time


class Answer:
    def __init__(self, status, seconds, retry_after=None, error=None):
        self.status, self.seconds, self.retry_after, self.error = status, seconds, retry_after, error


def ask(action):
    began = time.monotonic()
    try:
        page = action()
        return Answer(page.status, page.seconds, page.headers.get("retry-after"))
    except (OSError, AssertionError) as error:
        return Answer(0, time.monotonic() - began, error=repr(error))


def together(actions):
    """Does all of them at the same time."""
    answers = [None] * len(actions)

    def one(place):
        answers[place] = ask(actions[place])

    threads = [threading.Thread(target=one, args=(place,), daemon=True) for place in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return [answer or Answer(0, 120, error="no answer") for answer in answers]


def told(answers):
    """How many there were of each status, such as `503×20`."""
    kinds = {}
    for answer in answers:
        kinds[answer.status] = kinds.get(answer.status, 0) + 1
    return " ".join(f"{status}×{count}" for status, count in sorted(kinds.items()))


def slowest(answers):
    return max(answer.seconds for answer in answers)
