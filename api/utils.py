"""Loading the model, and the way from a request through it to the bytes of an answer."""

import datetime
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from gender_detection.config import Settings, registered_model
from gender_detection.countries import ISO_ALPHA_2
from gender_detection.countries.report import CountryWarning, report_on
from gender_detection.errors import ArtifactError, ModelNotFound
from gender_detection.missing import is_missing
from gender_detection.model import Model, Person, Prediction, artifact, store
from gender_detection.model.answers import Codes

from .http.schemas import AnswerEnd, ModelAnswer, ModelInfo, PredictRequest

_ENCODER = msgspec.json.Encoder()
Asked = TypeVar("Asked", bound=msgspec.Struct)


def load_model(settings: Settings) -> Model:
    """Return the model to be served: the artifact that model_uri names, or what is published.

    Raise ModelNotFound, or ArtifactError where it is damaged, or not the one that is pinned.
    """
    model_dir = Path(settings.model_dir)
    if registered_model(settings.model_uri) and store.fingerprint(model_dir) is None:
        raise ModelNotFound(
            f"no copy of {settings.model_uri} is in {model_dir} yet: it is served as soon as the "
            "registry gives one"
        )
    return Model.load(store.served(model_dir, settings.model_uri), settings.model_sha256)


def load_other_model(settings: Settings) -> Model | None:
    """Return the newest whole model in model_dir, None where there is none, or not to look for."""
    if _artifact(settings):
        return None
    try:
        folders = store.versions(Path(settings.model_dir))
    except ArtifactError:
        return None
    for folder in folders:
        try:
            return store.load_version(folder, settings.model_sha256)
        except (ArtifactError, ModelNotFound):
            continue
    return None


def model_fingerprint(settings: Settings) -> object:
    """Return what differs as soon as load_model() may return another model; None: there is none.

    It takes a look at the folder alone, not into files.
    """
    if folder := _artifact(settings):
        return artifact.fingerprint(folder)
    return store.fingerprint(Path(settings.model_dir))


def _artifact(settings: Settings) -> Path | None:
    """Return the artifact that model_uri names itself, None where the model is one published."""
    if not settings.model_uri or registered_model(settings.model_uri):
        return None
    return Path(settings.model_uri)


def model_info(model: Model, threshold: float | None = None) -> ModelInfo:
    """Return what an answer says of its model, under the threshold asked for, if any."""
    in_force = model.threshold if threshold is None else threshold
    return ModelInfo(model.name, model.version, model.data_version, in_force)


def model_answer(model: Model, loaded_at: datetime.datetime) -> ModelAnswer:
    """Return what GET /model says of the model, which was loaded at that time."""
    info = msgspec.structs.asdict(model_info(model))
    card = model.documents.get(artifact.CARD)
    metrics = dict(model.metrics or {})
    return ModelAnswer(
        **info, parameters=model.parameters, metrics=metrics, card=card, loaded_at=loaded_at
    )


def people_in(instances: Sequence[str | Person], country: str | None) -> list[Person]:
    """Return the persons that instances are, with a country where they have none of their own."""
    return [
        Person(name=item, country=country) if isinstance(item, str) else item
        for item in _with_country(instances, country)
    ]


def _with_country(instances: Sequence[str | Person], country: str | None) -> Sequence[str | Person]:
    """Return instances whose persons have a country where they have none of their own."""
    if not country:
        return instances
    return [
        item
        if isinstance(item, str) or _names_country(item)
        else msgspec.structs.replace(item, country=country)
        for item in instances
    ]


def _names_country(person: Person) -> bool:
    country = person.country
    return country in ISO_ALPHA_2 or bool(country and not is_missing(country))


def country_warnings(
    people: Sequence[str | Person], country: str | None = None
) -> list[CountryWarning]:
    """Return what is to be told of the countries of persons, nothing where all are understood.

    The country is that of those who are a text.
    """
    said = [country if isinstance(person, str) else person.country for person in people]
    if ISO_ALPHA_2.issuperset({*said} - {None}):
        return []
    return report_on(said).warnings("person", "people")


def with_options(request: Asked, options: Mapping[str, Any]) -> Asked:
    """Return a request with what the query says where its body says nothing."""
    said = {name: getattr(request, name) for name in options}
    if (country := said.get("country")) and is_missing(country):
        said["country"] = None
    silent = {name: value for name, value in options.items() if not said[name]}
    return msgspec.structs.replace(request, **silent) if silent else request


def predict(model: Model, request: PredictRequest) -> Prediction:
    """Return the prediction for the request's one person."""
    (prediction,) = model.predict(
        [request], threshold=request.threshold, female_share=request.female_share
    )
    return prediction


def encode_answer(model: Model, request: PredictRequest, prediction: Prediction) -> bytes:
    """Return the JSON of the answer to one person."""
    # The members of a PersonAnswer, which would be made of these to be encoded at once.
    return b"%b,%b" % (_ENCODER.encode(prediction)[:-1], _end(model, request, [request]))


def instances_of(request: PredictRequest) -> Sequence[str | Person]:
    """Return the people asked about, each with the country that holds for them; texts stay texts,
    which are names from the request's country."""
    return _with_country(request.instances or (), request.country)


def answer_many(
    model: Model, request: PredictRequest, people: Sequence[str | Person]
) -> tuple[bytes, Codes]:
    """Return the JSON of the answer to these people, and their answers as codes."""
    told, codes = model.json_answers(
        people,
        country=request.country,
        threshold=request.threshold,
        female_share=request.female_share,
    )
    # The members of an InstancesAnswer; a comma is behind the last prediction.
    return b"".join((b'{"predictions":[', told[:-1], b"],", _end(model, request, people))), codes


def _end(model: Model, request: PredictRequest, people: Sequence[str | Person]) -> bytes:
    """Return how the JSON of an answer ends: with its model and, if there are any, warnings."""
    info = model_info(model, request.threshold)
    if warnings := country_warnings(people, request.country):
        return _ENCODER.encode(AnswerEnd(info, warnings))[1:]
    return _end_without_warnings(info)


@functools.lru_cache(maxsize=16)
def _end_without_warnings(info: ModelInfo) -> bytes:
    return _ENCODER.encode(AnswerEnd(info))[1:]
