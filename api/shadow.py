"""Asks the challenger what the champion has answered, and counts how often they differ.

The answers do not wait for it: they are put into a bounded queue with the names, and a thread works
through the queue in small pieces, with pauses. What is asked is forgotten once it is counted.
"""

import logging
import math
import os
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gender_detection.config import Settings
from gender_detection.error_boundary import ErrorBoundary
from gender_detection.errors import ArtifactError, InvalidInput, ModelNotFound
from gender_detection.lineage.answers import kind_between
from gender_detection.model import Model, Person, Prediction
from gender_detection.model.answers import Codes, decode, least_steps

from .http.schemas import PredictRequest
from .metrics.definitions import SHADOW_FAILED, SHADOW_FULL, SHADOW_SAME, SHADOW_WITHDRAWN
from .metrics.recorder import Metrics
from .utils import challenger_fingerprint, load_challenger

log = logging.getLogger(__name__)

# How often the thread looks for work, and for another challenger.
PAUSE_SECONDS = 0.1
# As many names as the largest request has.
MOST_WAITING = 10_000
# The challenger holds the interpreter while it answers a piece: about as long as a small request.
PIECE = 32
# At most this share of the thread's time is spent asking; it sleeps for the rest.
MOST_BUSY = 0.05
# As for the model in service: the cause may have been temporary.
RETRY_SECONDS = 60.0

# What names are answered with together: the country of texts, female_share, family_name_first.
Options = tuple[str | None, float | None, bool]


@dataclass(slots=True)
class Asked:
    """People of one request, and the champion's answers to them, as codes or as predictions.

    done is how many of them the challenger has been asked for.
    """

    request: PredictRequest
    people: Sequence[str | Person]
    answers: Sequence[Prediction] | Codes
    threshold: float
    done: int = 0

    def options(self) -> Options:
        """Return what the people are answered with, apart from the threshold."""
        request = self.request
        # One person has a country of their own.
        country = None if request.instances is None else request.country
        return country, request.female_share, bool(request.family_name_first)


class Shadow:
    """Asks the challenger after a share of the requests, and counts the differences in metrics.

    A request's threshold applies to both models; without one, each has its own, as if it were in
    service. The corrections of the settings apply to both.
    """

    def __init__(
        self,
        settings: Settings,
        metrics: Metrics,
        chance: Callable[[], float] = random.random,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._metrics = metrics
        self._chance = chance
        self._sleep = sleep
        self._challenger: Model | None = None
        self._fingerprint: object = None
        self._retry_at = math.inf
        self._error = ""
        self._empty_queue()
        self._running = False

    def _empty_queue(self) -> None:
        # A forked process must not wait for a lock that a thread of its parent holds.
        self._lock = threading.Lock()
        self._queue: deque[Asked] = deque()
        self._waiting = 0

    # ---- in the threads that answer requests ----------------------------------------------------

    def offer(
        self,
        model: Model,
        request: PredictRequest,
        people: Sequence[str | Person],
        answers: Sequence[Prediction] | Codes,
    ) -> None:
        """Have the challenger asked for what a model has answered, with the chance shadow_share.

        Nobody is asked if there is no challenger, or if it is the model itself.
        """
        challenger = self._challenger
        if challenger is None or self._chance() >= self._settings.shadow_share:
            return
        if _identity(challenger) == _identity(model):
            return
        threshold = model.threshold if request.threshold is None else request.threshold
        asked = Asked(request, people, answers, threshold)
        with self._lock:
            fits = self._waiting + len(people) <= MOST_WAITING
            if fits:
                self._queue.append(asked)
                self._waiting += len(people)
        if not fits:
            self._metrics.count_shadow_dropped(SHADOW_FULL, len(people))

    # ---- in a thread of its own -----------------------------------------------------------------

    def start(self) -> None:
        """Work in a thread from now on, also in forked processes."""
        self._running = True
        os.register_at_fork(after_in_child=self._start_again)
        self._start_thread()

    def stop(self) -> None:
        """End the thread after its present turn."""
        self._running = False

    def _start_again(self) -> None:
        self._empty_queue()
        self._start_thread()

    def _start_thread(self) -> None:
        if self._running:
            threading.Thread(target=self._work, name="shadow", daemon=True).start()

    def _work(self) -> None:
        while self._running:
            # An unexpected error must not end the thread.
            with ErrorBoundary():
                self.turn()
            self._sleep(PAUSE_SECONDS)

    def turn(self) -> None:
        """Take the present challenger, and ask it for everything that waits."""
        self._reload_if_changed()
        while pieces := self._take():
            started = time.perf_counter()
            self._ask(pieces)
            took = time.perf_counter() - started
            # It sleeps longer where it had to wait for a processor: then the answers need it.
            self._sleep(took * (1 / MOST_BUSY - 1))

    def _take(self) -> list[tuple[Asked, int, int]]:
        """Take what waited longest from the queue, up to PIECE names; return the part of each
        request as its first position and the one after its last."""
        taken, room = [], PIECE
        with self._lock:
            while room and self._queue:
                asked = self._queue[0]
                first, asked.done = asked.done, min(asked.done + room, len(asked.people))
                if asked.done == len(asked.people):
                    self._queue.popleft()
                taken.append((asked, first, asked.done))
                room -= asked.done - first
            self._waiting -= PIECE - room
        return taken

    def _ask(self, pieces: Sequence[tuple[Asked, int, int]]) -> None:
        """Ask the challenger for these people, and count the differences."""
        names = sum(end - first for _, first, end in pieces)
        if (challenger := self._challenger) is None:
            self._metrics.count_shadow_dropped(SHADOW_WITHDRAWN, names)
            return
        with ErrorBoundary() as boundary:
            self._metrics.count_shadow(_differences(challenger, pieces))
        if boundary.caught:
            self._metrics.count_shadow_dropped(SHADOW_FAILED, names)
            log.error("version %s cannot answer: it is not asked again", challenger.version)
            self._take_challenger(None)

    # ---- the challenger -------------------------------------------------------------------------

    def _reload_if_changed(self) -> None:
        """Load the challenger if it, or the file of corrections, has changed since the last call.

        One that cannot be loaded is not asked, is logged once, and is tried again after
        RETRY_SECONDS.
        """
        fingerprint, now = challenger_fingerprint(self._settings), time.monotonic()
        if fingerprint == self._fingerprint and now < self._retry_at:
            return
        self._fingerprint, self._retry_at = fingerprint, math.inf
        self._take_challenger(None)
        error = ""
        if fingerprint is not None:
            try:
                self._take_challenger(load_challenger(self._settings))
            except (ArtifactError, ModelNotFound, InvalidInput, OSError) as err:
                self._retry_at = now + RETRY_SECONDS
                error = str(err)
        # If it was replaced while we read it, the next turn sees the new one.
        is_present = fingerprint == challenger_fingerprint(self._settings)
        if error and error != self._error and is_present:
            log.error("the challenger cannot be asked: %s", error)
        self._error = error

    def _take_challenger(self, model: Model | None) -> None:
        if model is not None:
            log.info("asking version %s of %s as well", model.version, model.name)
        self._challenger = model
        self._metrics.show_challenger("" if model is None else model.version)


def _identity(model: Model) -> tuple[str, str, str]:
    return model.version, model.name, model.data_version


def _differences(challenger: Model, pieces: Sequence[tuple[Asked, int, int]]) -> Counter[str]:
    """Return the number of names by how the challenger's answer differs from the champion's."""
    groups: dict[Options, list[tuple[Asked, int, int]]] = {}
    for piece in pieces:
        groups.setdefault(piece[0].options(), []).append(piece)
    found: Counter[str] = Counter()
    for (country, female_share, family_name_first), group in groups.items():
        people = [person for asked, first, end in group for person in asked.people[first:end]]
        # As requests with instances are answered: for pieces this small, it takes half the time
        # of Model.answer(), which puts people into columns first.
        _, codes = challenger.json_answers(
            people,
            country=country,
            female_share=female_share,
            family_name_first=family_name_first,
        )
        _count(found, challenger, group, codes.tolist())
    return found


def _count(
    found: Counter[str],
    challenger: Model,
    group: Sequence[tuple[Asked, int, int]],
    codes: Sequence[int],
) -> None:
    """Count the challenger's answers to the people of a group by their difference."""
    at = 0
    for asked, first, end in group:
        own = asked.request.threshold
        least = least_steps(challenger.threshold if own is None else own)
        for (gender, p_female), code in zip(_answers(asked, first, end), codes[at:], strict=False):
            new_gender, _, new_p_female, _, _ = decode(code, least)
            found[kind_between(gender, p_female, new_gender, new_p_female) or SHADOW_SAME] += 1
        at += end - first


def _answers(asked: Asked, first: int, end: int) -> list[tuple[str, float | None]]:
    """Return gender and P(female) of the champion's answers to people of a request."""
    answers, least = asked.answers[first:end], least_steps(asked.threshold)
    if isinstance(answers, Sequence):
        return [(one.gender, one.p_female) for one in answers]
    decoded = [decode(code, least) for code in answers.tolist()]
    return [(gender, p_female) for gender, _, p_female, _, _ in decoded]
