"""A peer that times one call of a workload whenever it is asked to.

The benchmark writes a line with a workload's name; the answer is a line with the seconds that one
call took, or with "error" and a reason. A peer is asked in turns with ours, so that whatever else
the machine does slows both alike.
"""
import os
import sys
import time


def serve(workloads, versions):
    """Answer until the input ends. `workloads` maps a name to a function that prepares the work and
    returns the call to time."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    sys.stdout = sys.stderr  # what libraries print must not look like an answer
    prepared = {}
    print("ready", versions, file=answers)
    for line in sys.stdin:
        name = line.strip()
        try:
            if name not in prepared:
                prepared[name] = workloads[name]()
                prepared[name]()
            start = time.perf_counter()
            prepared[name]()
            print(time.perf_counter() - start, file=answers)
        except Exception as error:
            print("error", type(error).__name__, error, file=answers)
