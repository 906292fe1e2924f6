"""Loading the model, and turning a validated request into the bytes of its answer."""

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
from gender_detection.model import (
    ExplainedPrediction,
    Model,
    Person,
    Prediction,
    artifact,
    store,
)
from gender_detection.model.answers import Codes
from gender_detection.model_sync import challenger_dir
from gender_detection.scoring.correction_table import corrected

from .http.schemas import AnswerEnd, ModelAnswer, ModelInfo, PredictRequest

_ENCODER = msgspec.json.Encoder()
Request = TypeVar("Request", bound=msgspec.Struct)


def load_model(settings: Settings) -> Model:
    """Return the model to serve, with the corrections of the settings: the artifact that model_uri
    names, or the published one.

    Raise ModelNotFound, ArtifactError if it is damaged or is not the pinned one, or InvalidInput if
    the corrections cannot be used.
    """
    model_dir = Path(settings.model_dir)
    if registered_model(settings.model_uri) and store.fingerprint(model_dir) is None:
        raise ModelNotFound(
            f"no copy of {settings.model_uri} in {model_dir} yet: it is served once it has been "
            "fetched from the registry"
        )
    model = Model.load(store.served(model_dir, settings.model_uri), settings.model_sha256)
    return _corrected(model, settings)


def _corrected(model: Model, settings: Settings) -> Model:
    """Return a model with the corrections of the settings."""
    return corrected(model, settings.corrections) if settings.corrections else model


def load_other_model(settings: Settings) -> Model | None:
    """Return the newest intact model in model_dir; None without one, or if model_uri is a path.

    Raise InvalidInput if the corrections cannot be used.
    """
    if _artifact(settings):
        return None
    try:
        folders = store.versions(Path(settings.model_dir))
    except ArtifactError:
        return None
    for folder in folders:
        try:
            return _corrected(store.load_version(folder, settings.model_sha256), settings)
        except (ArtifactError, ModelNotFound):
            continue
    return None


def model_fingerprint(settings: Settings) -> object:
    """Return a value that changes when load_model() may return another model; None without one.

    Reads the folder only, no file in it.
    """
    if folder := _artifact(settings):
        found = artifact.fingerprint(folder)
    else:
        found = store.fingerprint(Path(settings.model_dir))
    return found if found is None else (found, _version_of(settings.corrections))


def load_challenger(settings: Settings) -> Model:
    """Return the challenger to ask beside the model in service, with the same corrections.

    model_sha256 is the digest of the model in service, and not asked for. Raise ModelNotFound if
    there is none, ArtifactError if it is damaged, InvalidInput if the corrections cannot be used.
    """
    return _corrected(Model.load(store.current(_challengers(settings))), settings)


def challenger_fingerprint(settings: Settings) -> object:
    """Return a value that changes when load_challenger() may return another model; None without
    one."""
    found = store.fingerprint(_challengers(settings))
    return found if found is None else (found, _version_of(settings.corrections))


def _challengers(settings: Settings) -> Path:
    return challenger_dir(Path(settings.model_dir))


def _version_of(path: str) -> tuple[int, int] | None:
    """Return the time and size of a file, None without one."""
    try:
        status = Path(path).stat() if path else None
    except OSError:
        return None
    return None if status is None else (status.st_mtime_ns, status.st_size)


def _artifact(settings: Settings) -> Path | None:
    """Return the artifact whose path is model_uri, None if the published model is served."""
    if not settings.model_uri or registered_model(settings.model_uri):
        return None
    return Path(settings.model_uri)


def model_info(model: Model, threshold: float | None = None) -> ModelInfo:
    """Return the model's entry in an answer, with the request's threshold if it has one."""
    threshold = model.threshold if threshold is None else threshold
    return ModelInfo(model.name, model.version, model.data_version, threshold)


def model_answer(model: Model, loaded_at: datetime.datetime) -> ModelAnswer:
    """Return the answer of GET /model."""
    info = msgspec.structs.asdict(model_info(model))
    card = model.documents.get(artifact.CARD)
    metrics = dict(model.metrics or {})
    return ModelAnswer(
        **info,
        parameters=model.parameters,
        metrics=metrics,
        card=card,
        loaded_at=loaded_at,
        corrections=len(model.corrections),
    )


def people_in(instances: Sequence[str | Person], country: str | None) -> list[Person]:
    """Return instances as persons; those without a country of their own get this one."""
    return [
        Person(name=item, country=country) if isinstance(item, str) else item
        for item in _with_country(instances, country)
    ]


def _with_country(instances: Sequence[str | Person], country: str | None) -> Sequence[str | Person]:
    """Return instances; persons without a country of their own get this one."""
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
    """Return the warnings about the countries of people, none if all are known.

    country applies to people given as strings.
    """
    countries = [country if isinstance(person, str) else person.country for person in people]
    if ISO_ALPHA_2.issuperset({*countries} - {None}):
        return []
    return report_on(countries).warnings("person", "people")


def with_options(request: Request, options: Mapping[str, Any]) -> Request:
    """Return a request with the options of the query for members that its body does not set."""
    members = {name: getattr(request, name) for name in options}
    if (country := members.get("country")) and is_missing(country):
        members["country"] = None
    # False is a value, others that are empty are none.
    unset = {
        name: value
        for name, value in options.items()
        if not members[name] and members[name] is not False
    }
    return msgspec.structs.replace(request, **unset) if unset else request


def predict(model: Model, request: PredictRequest) -> Prediction:
    """Return the prediction for a request with one person."""
    (prediction,) = model.predict(
        [request],
        threshold=request.threshold,
        female_share=request.female_share,
        family_name_first=bool(request.family_name_first),
    )
    return prediction


def encode_answer(model: Model, request: PredictRequest, prediction: Prediction) -> bytes:
    """Return the JSON answer for one person."""
    # The members of a PersonAnswer, without building one.
    return b"%b,%b" % (_ENCODER.encode(prediction)[:-1], _end(model, request, [request]))


def instances_of(request: PredictRequest) -> Sequence[str | Person]:
    """Return the request's people: persons with their country filled in, and strings, to which the
    request's country applies."""
    return _with_country(request.instances or (), request.country)


def answer_many(
    model: Model, request: PredictRequest, people: Sequence[str | Person]
) -> tuple[bytes, Codes]:
    """Return the JSON answer for these people, and their answers as codes."""
    predictions, codes = model.json_answers(
        people,
        country=request.country,
        threshold=request.threshold,
        female_share=request.female_share,
        family_name_first=bool(request.family_name_first),
    )
    # The members of an InstancesAnswer; predictions end with a comma.
    end = _end(model, request, people)
    return b"".join((b'{"predictions":[', predictions[:-1], b"],", end)), codes


def explain(model: Model, request: PredictRequest) -> list[ExplainedPrediction]:
    """Return the predictions for a request's person or people, with explanations."""
    one = request.instances is None
    people = [request] if one else people_in(request.instances or (), request.country)
    return model.explain(
        people,
        threshold=request.threshold,
        female_share=request.female_share,
        family_name_first=bool(request.family_name_first),
    )


def encode_explained(
    model: Model, request: PredictRequest, predictions: Sequence[ExplainedPrediction]
) -> bytes:
    """Return the JSON answer to a request that asks for explanations."""
    if request.instances is None:
        return encode_answer(model, request, predictions[0])
    # The members of an InstancesAnswer, without building one.
    end = _end(model, request, instances_of(request))
    return b'{"predictions":%b,%b' % (_ENCODER.encode(predictions), end)


def _end(model: Model, request: PredictRequest, people: Sequence[str | Person]) -> bytes:
    """Return the end of a JSON answer: its model and, if there are any, warnings."""
    info = model_info(model, request.threshold)
    if warnings := country_warnings(people, request.country):
        return _ENCODER.encode(AnswerEnd(info, warnings))[1:]
    return _end_without_warnings(info)


@functools.lru_cache(maxsize=16)
def _end_without_warnings(info: ModelInfo) -> bytes:
    return _ENCODER.encode(AnswerEnd(info))[1:]
