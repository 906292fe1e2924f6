"""A model that an API of this project serves, asked over HTTP."""

import io
from collections.abc import Mapping
from dataclasses import asdict
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import msgspec
import pyarrow as pa

from ..config import without_password
from ..countries import code_of
from ..errors import ApiError, GenderDetectionError, InvalidInput
from ..model import Person, Prediction
from ..model.answers import NO_EVIDENCE, STEPS, decode, encode
from ..scoring import ANSWERS, answer_names
from ..tables import Columns
from .namer import Namer

JSON, ARROW = "application/json", "application/vnd.apache.arrow.stream"
AT_ONCE = 1_000  # people in a request
SECONDS = 60.0  # to wait for the first byte of an answer, and for each further part


class ServedModel(Namer):
    """A model of names behind an address such as http://localhost:5000.

    key is an API key, if the server asks for one. Names are sent in the body of requests. Each
    request is answered by the model that is then in service; facts are those of the first one.
    Methods raise InvalidInput for what the server refuses, ApiError if it does not answer.
    """

    def __init__(self, address: str, key: str | None = None) -> None:
        """Ask the server for its model; raise as the methods do."""
        self._address, self._key = address.rstrip("/"), key
        self._facts: Mapping[str, Any] = msgspec.json.decode(self._ask("/model"))

    def __repr__(self) -> str:
        """Return name, version, threshold and address."""
        facts = self._facts
        where = without_password(self._address)
        return (
            f"<{facts['name']}, version {self.version}, threshold {self.threshold:g}, at {where}>"
        )

    @property
    def version(self) -> str:
        """The version of the model in its registry."""
        return str(self._facts["version"])

    @property
    def data_version(self) -> str:
        """The version of the data that the model was made from."""
        return str(self._facts["data_version"])

    @property
    def threshold(self) -> float:
        """The lowest probability that is answered, unless another is given."""
        return float(self._facts["threshold"])

    @property
    def card(self) -> str:
        """What the model is, what it is for, and how often it is wrong, in Markdown."""
        return self._facts["card"] or ""

    @property
    def base_share(self) -> float:
        """The share of women that its probabilities are calibrated for."""
        return float(self._facts["parameters"]["base_share"])

    def _predictions(self, people: list[Person], options: dict[str, Any]) -> list[Prediction]:
        given = {name: value for name, value in options.items() if value is not None}
        # A request has no people without a name.
        named = [at for at, person in enumerate(people) if _members(person)]
        found = [_nameless(person) for person in people]
        for first in range(0, len(named), AT_ONCE):
            part = named[first : first + AT_ONCE]
            body = {"instances": [_members(people[at]) for at in part], **given}
            answer = msgspec.json.decode(self._ask("/predict", msgspec.json.encode(body)))
            predictions = msgspec.convert(answer["predictions"], list[Prediction])
            for at, prediction in zip(part, predictions, strict=True):
                found[at] = prediction
        return found

    def answers(self, cells: pa.Table, columns: Columns, options: dict[str, Any]) -> pa.Table:
        roles = {name: role for role, name in asdict(columns).items() if name is not None}
        sent = cells.rename_columns([roles[name] for name in cells.column_names])
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, sent.schema) as stream:
            stream.write_table(sent)
        given = {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in options.items()
            if value is not None
        }
        found = self._ask(f"/predict?{urlencode(given)}", sink.getvalue(), ARROW)
        table = pa.ipc.open_stream(found).read_all()
        return table.select(list(answer_names(sent.column_names))).rename_columns(list(ANSWERS))

    def _ask(self, path: str, body: bytes | None = None, kind: str = JSON) -> bytes:
        headers = {"Accept": kind, "Content-Type": kind}
        if self._key is not None:
            headers["Authorization"] = f"Bearer {self._key}"
        request = Request(f"{self._address}{path}", body, headers)  # noqa: S310 - checked by load
        try:
            with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                content: bytes = answer.read()
                return content
        except HTTPError as err:
            raise self._refused(err) from err
        except (URLError, HTTPException, OSError) as err:
            reason = getattr(err, "reason", err)
            raise ApiError(
                f"{without_password(self._address)} does not answer ({reason}): check the address, "
                "and whether the server runs"
            ) from err

    def _refused(self, err: HTTPError) -> GenderDetectionError:
        """Return the error for an answer that is none; its body is a problem (RFC 9457)."""
        try:
            detail = msgspec.json.decode(err.read())["detail"]
        except (msgspec.DecodeError, KeyError, TypeError, OSError):
            detail = err.reason
        kind = InvalidInput if 400 <= err.code < 500 else ApiError
        return kind(f"{without_password(self._address)} answers {err.code}: {detail}")


def _nameless(person: Person) -> Prediction:
    """Return the prediction for a person without a name."""
    country = code_of(person.country) if person.country else None
    nothing = decode(encode(None, None, "empty"), STEPS)
    return Prediction(person.id, None, None, country, *nothing, NO_EVIDENCE, None)


def _members(person: Person) -> dict[str, Any]:
    """Return a person for a request, without what is not set; nothing for one without a name."""
    members = {name: getattr(person, name) for name in person.__struct_fields__}
    if not any(members[name] for name in ("name", "given_name", "family_name")):
        return {}
    return {name: value for name, value in members.items() if value is not None}
