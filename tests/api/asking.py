"""Two versions that contradict each other, and clients that notice any answer made of both."""

import http.client
import json
import threading
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np

from gender_detection.evidence import Evidence
from gender_detection.model import Model

WOMEN, MEN = ("Maria", "Olga", "Ingrid"), ("John", "Pedro", "Stefan")
QUESTION = json.dumps({"instances": [*WOMEN, *MEN]}).encode()
TIMEOUT_SECONDS = 30.0
# Between two questions of a client: the rest of the machine has something to do as well.
PAUSE_SECONDS = 0.005


def contrary(model: Model) -> Model:
    """Return a model that calls a woman's name a man's, and the other way round."""
    world, by_country = model.evidence.world, model.evidence.by_country
    matrix, pairs = by_country.matrix, by_country.pair_p_female
    # The sign in the matrix separates evidence by country from none.
    turned = np.copysign(1 - np.abs(matrix), matrix)
    evidence = Evidence(
        replace(world, p_female=1 - world.p_female),
        replace(by_country, matrix=turned, pair_p_female=1 - pairs),
    )
    return replace(model, evidence=evidence)


@dataclass
class Asking:
    """Clients that ask a server again and again, each on a connection that it keeps.

    contrary are the versions of which men are women. answers counts answers by version; failed
    holds what was no right answer of one version.
    """

    port: int
    contrary: frozenset[str] = frozenset()
    clients: int = 2
    answers: Counter[str] = field(default_factory=Counter)
    failed: list[object] = field(default_factory=list)
    present: str = ""
    _ended: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Asking":
        self._threads = [threading.Thread(target=self._ask) for _ in range(self.clients)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        while not self._ended.wait(PAUSE_SECONDS):
            try:
                connection.request(
                    "POST", "/predict", QUESTION, {"Content-Type": "application/json"}
                )
                answer = connection.getresponse()
                self._check(answer.status, json.loads(answer.read()))
            except (OSError, http.client.HTTPException) as err:
                self.failed.append(err)
                connection.close()
        connection.close()

    def _check(self, status: int, answer: dict) -> None:
        if status != 200:
            self.failed.append((status, answer))
            return
        version = answer["model"]["version"]
        women, men = WOMEN, MEN
        if version in self.contrary:
            women, men = men, women
        right = dict.fromkeys(women, "female") | dict.fromkeys(men, "male")
        if {p["name"]: p["gender"] for p in answer["predictions"]} != right:
            self.failed.append((version, answer))
        self.answers[version] += 1
        self.present = version
