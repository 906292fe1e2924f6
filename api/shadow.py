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
from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy as np

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
MOST_BUSY = 0.02
# As for the model in service: the cause may have been temporary.
RETRY_SECONDS = 60.0

# What names are answered with together: the country of texts, female_share, family_name_first.
Options = tuple[str | None, float | None, bool]


class Asked(msgspec.Struct, frozen=True, gc=False):
    """People of one request, at most PIECE, and the champion's answers to them at a threshold, as
    codes or as predictions."""

    request: PredictRequest
    people: Sequence[str | Person]
    answers: Sequence[Prediction] | Codes
    threshold: float

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
        # The models last compared, and whether they are the same version.
        self._compared: tuple[Model | None, Model | None, bool] = (None, None, False)
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
        # Read once: the other thread may take it away meanwhile.
        challenger = self._challenger
        if challenger is None or self._chance() >= self._settings.shadow_share:
            return
        first, second, is_same = self._compared
        if first is not model or second is not challenger:
            is_same = _identity(model) == _identity(challenger)
            self._compared = model, challenger, is_same
        if is_same:
            return
        threshold = model.threshold if request.threshold is None else request.threshold
        names = len(people)
        with self._lock:
            fits = self._waiting + names <= MOST_WAITING
            if fits:
                self._waiting += names
                if names <= PIECE:
                    self._queue.append(Asked(request, people, answers, threshold))
                else:
                    self._queue.extend(_pieces(request, people, answers, threshold))
        if not fits:
            self._metrics.count_shadow_dropped(SHADOW_FULL, names)

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
        """Take the present challenger, and ask it for what waits, as much as can wait at once."""
        self._reload_if_changed()
        for _ in range(MOST_WAITING // PIECE + 1):
            if not (taken := self._take()):
                return
            started = time.perf_counter()
            self._ask(taken)
            took = time.perf_counter() - started
            # It sleeps longer where it had to wait for a processor: then the answers need it.
            self._sleep(took * (1 / MOST_BUSY - 1))

    def _take(self) -> list[Asked]:
        """Take what waited longest from the queue: PIECE names, or a few more."""
        taken, names = [], 0
        with self._lock:
            while names < PIECE and self._queue:
                asked = self._queue.popleft()
                taken.append(asked)
                names += len(asked.people)
            self._waiting -= names
        return taken

    def _ask(self, taken: Sequence[Asked]) -> None:
        """Ask the challenger for these people, and count the differences."""
        if (challenger := self._challenger) is None:
            self._drop(SHADOW_WITHDRAWN, taken)
            return
        with ErrorBoundary() as boundary:
            self._metrics.count_shadow(_differences(challenger, taken))
        if boundary.caught:
            self._drop(SHADOW_FAILED, taken)
            log.error("version %s cannot answer: it is not asked again", challenger.version)
            self._take_challenger(None)

    def _drop(self, reason: str, taken: Sequence[Asked]) -> None:
        self._metrics.count_shadow_dropped(reason, sum(len(asked.people) for asked in taken))

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


def _pieces(
    request: PredictRequest,
    people: Sequence[str | Person],
    answers: Sequence[Prediction] | Codes,
    threshold: float,
) -> Iterator[Asked]:
    for at in range(0, len(people), PIECE):
        piece = slice(at, at + PIECE)
        yield Asked(request, people[piece], answers[piece], threshold)


def _differences(challenger: Model, taken: Sequence[Asked]) -> Counter[str]:
    """Return the number of names by how the challenger's answer differs from the champion's."""
    groups: dict[Options, list[Asked]] = {}
    for asked in taken:
        groups.setdefault(asked.options(), []).append(asked)
    found: Counter[str] = Counter()
    for (country, female_share, family_name_first), group in groups.items():
        # As requests with instances are answered: for so few people, it takes half the time of
        # Model.answer(), which puts them into columns first.
        _, codes = challenger.json_answers(
            [person for asked in group for person in asked.people],
            country=country,
            female_share=female_share,
            family_name_first=family_name_first,
        )
        found.update(_kinds(challenger.threshold, group, codes.tolist()))
    return found


def _kinds(threshold: float, group: Sequence[Asked], codes: Sequence[int]) -> Iterator[str]:
    """Yield how each of the challenger's answers to a group differs; threshold is its own."""
    own = least_steps(threshold)
    answered = iter(codes)
    for asked in group:
        given = asked.request.threshold
        least = own if given is None else least_steps(given)
        # zip stops at the end of the first, before it takes more from the second.
        for (gender, p_female), code in zip(_answers(asked), answered, strict=False):
            new_gender, _, new_p_female, _, _ = decode(code, least)
            yield kind_between(gender, p_female, new_gender, new_p_female) or SHADOW_SAME


def _answers(asked: Asked) -> list[tuple[str, float | None]]:
    """Return gender and P(female) of the champion's answers."""
    answers = asked.answers
    if not isinstance(answers, np.ndarray):
        return [(one.gender, one.p_female) for one in answers]
    least = least_steps(asked.threshold)
    decoded = [decode(code, least) for code in answers.tolist()]
    return [(gender, p_female) for gender, _, p_female, _, _ in decoded]
