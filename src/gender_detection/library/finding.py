"""The model that the library answers with: one for the whole process, or one that is named."""

import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import Settings, registered_model
from ..errors import InvalidInput
from ..model import Model, store
from ..scoring.correction_table import corrected
from .local import NameModel
from .namer import Namer
from .served import ServedModel

if TYPE_CHECKING:
    from ..registry import Registry

_LOCK = threading.Lock()
_SHARED: dict[str | None, Namer] = {}


def load(
    where: str | Path | None = None,
    *,
    corrections: str | Path | None = None,
    key: str | None = None,
) -> Namer:
    """Return a model: that of a folder, of a registry, or of a server.

    where is the folder of an artifact or of published ones; or models:/NAME@ALIAS or
    models:/NAME/VERSION of MLflow's registry (which needs mlflow-skinny); or http(s)://HOST of an
    API, with an API key if it needs one. Without it, the model is the one that the API would serve
    with the settings of the environment. corrections is a table of your own answers, for a model in
    this process; without it, that of the settings. Raise ModelNotFound or ArtifactError without an
    intact model, InvalidInput for arguments that cannot be used, ApiError without a server.
    """
    if isinstance(where, str) and where.startswith(("http://", "https://")):
        if corrections is not None:
            raise InvalidInput("corrections are the server's: set them there")
        return ServedModel(where, key)
    if key is not None:
        raise InvalidInput("a key is for a server: give its address, such as https://names.example")
    settings = Settings.from_env()
    model = _loaded(where, settings)
    table = corrections or settings.corrections
    return NameModel(corrected(model, table) if table else model)


def _loaded(where: str | Path | None, settings: Settings) -> Model:
    if where is None:
        found = store.served(Path(settings.model_dir), settings.model_uri)
        return Model.load(found, settings.model_sha256)
    named = registered_model(where) if isinstance(where, str) else None
    if named is None:
        return Model.load(store.artifact_in(Path(where)))
    with tempfile.TemporaryDirectory() as folder:
        registry = _registry(settings.tracking_uri, named.name)
        version = registry.find(named.alias, named.version)
        # The arrays stay mapped when their files are removed.
        return Model.load(registry.download(version, Path(folder)))


def _registry(tracking_uri: str, name: str) -> "Registry":
    try:
        from ..registry import Registry  # mlflow is not part of the runtime
    except ImportError as err:
        raise InvalidInput(
            "models:/… needs mlflow, which is not installed: run 'pip install mlflow-skinny'"
        ) from err
    return Registry(tracking_uri, name)


def shared(where: str | None = None) -> Namer:
    """Return load(where) for the whole process, which the first call loads; raise its errors."""
    if where not in _SHARED:
        with _LOCK:
            if where not in _SHARED:
                _SHARED[where] = load(where)
    return _SHARED[where]
