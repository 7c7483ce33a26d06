"""Test results, one TAP line for each fact that a scenario looked at."""

import sys
import time
import traceback

passed = 0
failed = 0
skipped = 0


class Stop(Exception):
    """The rest of the scenario makes no sense; what went wrong has been reported."""


def note(text):
    """Says something beside the results."""
    for line in str(text).splitlines():
        print("#", line, flush=True)


def check(condition, fact, seen=None):
    """One fact; `seen` is printed when it does not hold. Gives back whether it does."""
    global passed, failed
    if condition:
        passed += 1
        print(f"ok {passed + failed} - {fact}", flush=True)
    else:
        failed += 1
        print(f"not ok {passed + failed} - {fact}", flush=True)
        if seen is not None:
            note(f"seen: {seen}")
    return bool(condition)


def equal(seen, wanted, fact):
    """The fact that two values are the same."""
    return check(seen == wanted, fact, f"{seen!r}\nwanted: {wanted!r}")


def need(condition, fact, seen=None):
    """A fact without which the scenario can't go on."""
    if not check(condition, fact, seen):
        raise Stop(fact)


def skip(fact, reason):
    """A fact that can't be looked at here."""
    global passed, skipped
    passed += 1
    skipped += 1
    print(f"ok {passed + failed} - {fact} # SKIP {reason}", flush=True)


def eventually(question, within=20.0, every=0.05):
    """Asks until the answer is true or the time is over; gives back the last answer."""
    end = time.monotonic() + within
    while True:
        answer = question()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(every)


def run(scenario):
    """Runs the scenario's facts, and ends the process with 0 only if each of them holds."""
    started = time.monotonic()
    try:
        scenario()
    except Stop:
        pass
    except Exception:
        check(False, "the scenario runs to its end", traceback.format_exc())
    if passed + failed == 0:
        check(False, "the scenario looks at something")
    print(f"1..{passed + failed}")
    note(f"{time.monotonic() - started:.0f} s, {skipped} skipped")
    print(f"{passed} passed, {failed} failed", flush=True)
    sys.stdout.flush()
    return 1 if failed else 0
