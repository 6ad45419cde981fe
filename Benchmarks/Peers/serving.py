"""A peer that times one call of a workload whenever it is asked to.

A request is a line of fields between tabs, its answer is a line. `NAME` or `NAME COUNT` asks for
COUNT calls of a workload and is answered with the seconds per call; `check NAME` asks what the
workload computes and is answered with "values" and some numbers, or with "none". What fails is
answered with "error" and a reason. A peer is asked in turns with ours, so that whatever else the
machine does slows both alike.
"""
import os
import sys
import time

THREADS = int(os.environ.get("PEER_THREADS", "1"))


def serve(workloads, versions):
    """Answer until the input ends. `workloads` maps a name to a function that prepares the work and
    returns the call to time; if that has an attribute `check`, it returns the numbers to compare."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    sys.stdout = sys.stderr  # what libraries print must not look like an answer
    prepared, warm = {}, set()
    print("ready", " ".join(versions.split()), file=answers)

    def work(name):
        if name not in prepared:
            prepared[name] = workloads[name]()
        return prepared[name]

    for line in sys.stdin:
        try:
            fields = line.strip().split("\t")
            if fields[0] == "check":
                check = getattr(work(fields[1]), "check", None)
                numbers = check() if check else None
                answer = "none" if numbers is None else "values " + " ".join(map(repr, numbers))
                print(answer, file=answers)
                continue
            name, count = fields[0], int(fields[1]) if len(fields) > 1 else 1
            call = work(name)
            if name not in warm:
                call()
                warm.add(name)
            start = time.perf_counter()
            for _ in range(count):
                call()
            print((time.perf_counter() - start) / count, file=answers)
        except Exception as error:
            reason = " ".join(str(error).split())
            print("error", type(error).__name__, reason[:300], file=answers)
