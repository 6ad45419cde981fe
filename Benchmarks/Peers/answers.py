"""Exact match and F1 of answers as they are usually scored for SQuAD, in Python, on one thread."""
import collections
import platform
import re
import string

from serving import serve

PAIRS = 100_000
WORDS = (
    "the a an The Ada Lovelace Charles Babbage engine Analytical London 1815 1,815 born in of and "
    "U.S.A. O'Brien co-founder Zürich São Paulo river bridge opened 1932 \"Sydney\" harbour (north) "
    "Danube film directed by Nobel prize won physics 1903 Marie Curie first second third university "
    "Lyon Company founded city capital France? Köln music album 2001: A song novel author mountain "
    "4,810 metres yes no"
).split()


class Draw:
    """A linear congruential generator: the same numbers as in the benchmark."""

    def __init__(self):
        self.state = 7

    def below(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & (2**64 - 1)
        return (self.state >> 33) % bound


def make_pairs():
    """Answers with accepted ones: the same in other clothes, in part, or something else."""
    draw, pairs = Draw(), []

    def words(count):
        return [WORDS[draw.below(len(WORDS))] for _ in range(count)]

    for _ in range(PAIRS):
        accepted = words(1 + draw.below(5))
        kind = draw.below(3)
        if kind == 0:
            answer = "The " + " ".join(accepted).upper() + "."
        elif kind == 1:
            answer = " ".join(words(1 + draw.below(3)) + accepted[: (len(accepted) + 1) // 2])
        else:
            answer = " ".join(words(1 + draw.below(8)))
        pairs.append((answer, " ".join(accepted)))
    return pairs


PUNCTUATION = frozenset(string.punctuation)
ARTICLES = re.compile(r"\b(a|an|the)\b")


def normalize(text):
    text = "".join(mark for mark in text.lower() if mark not in PUNCTUATION)
    return " ".join(ARTICLES.sub(" ", text).split())


def f1(answer, accepted):
    """Of normalized answers."""
    answer, accepted = answer.split(), accepted.split()
    common = sum((collections.Counter(answer) & collections.Counter(accepted)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(answer), common / len(accepted)
    return 2 * precision * recall / (precision + recall)


def score_by_score():
    """Each of the two scores normalizes both answers, as in the scripts that go round."""
    exact, overlap = 0, 0.0
    for answer, accepted in PAIRED:
        exact += normalize(answer) == normalize(accepted)
        overlap += f1(normalize(answer), normalize(accepted))
    return exact, overlap


def normalized_once():
    """Both scores share the normalized answers."""
    exact, overlap = 0, 0.0
    for answer, accepted in PAIRED:
        answer, accepted = normalize(answer), normalize(accepted)
        exact += answer == accepted
        overlap += f1(answer, accepted)
    return exact, overlap


if __name__ == "__main__":
    PAIRED = make_pairs()
    exact, overlap = normalized_once()
    serve(
        {"score by score": lambda: score_by_score, "normalized once": lambda: normalized_once},
        f"Python {platform.python_version()}; exact {exact}, F1 {overlap:.6f}",
    )
