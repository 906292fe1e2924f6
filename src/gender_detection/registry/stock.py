"""What the upkeep reads and removes in MLflow: versions of a model, runs, and their files.

MLflow deletes runs and models only in its database, where they can be restored, and leaves their
files. Here the files are removed as well, through MLflow's own access to them, wherever they are;
the rows stay, marked as deleted (docs/decisions/0050-upkeep.md).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from mlflow.entities import Run
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repo import ArtifactRepository
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.store.entities import PagedList

from ..artifact_location import artifact_folder
from ..error_boundary import ErrorBoundary
from ..errors import ModelNotFound, RegistryError
from . import experiments
from .versions import REMOVING, Registry, previous_tag

_BEFORE = previous_tag("")
# Where a version is registered from, before the ID of the logged model.
_LOGGED_MODEL = "models:/"
Entry = TypeVar("Entry")


@dataclass(frozen=True)
class KnownVersion:
    """A version in the registry, as far as the rules need it; created is in Unix time.

    before is the version that had an alias before this one, by alias. logged_model is the ID of its
    files, "" if they are no logged model; is_shared says that another version has the same files.
    is_marked says that an upkeep was about to remove it.
    """

    number: str
    created: float
    run_id: str = ""
    aliases: tuple[str, ...] = ()
    before: Mapping[str, str] = field(default_factory=dict)
    logged_model: str = ""
    is_shared: bool = False
    is_marked: bool = False


@dataclass(frozen=True)
class KnownRun:
    """A run, as far as the rules need it; started is in Unix time.

    is_half_removed says that an upkeep removed its versions, and was interrupted. of_others says
    that it made a version of another model. data_version is that of the data it trained on.
    """

    run_id: str
    status: str
    started: float
    is_half_removed: bool = False
    of_others: bool = False
    data_version: str = ""


class Stock:
    """The versions of a registered model, and the runs of its experiment and of its versions.

    Methods raise RegistryError if the registry does not answer.
    """

    def __init__(self, registry: Registry, experiment: str) -> None:
        """Read from a registry; experiment is that of the settings."""
        self._registry, self._experiment = registry, experiment

    def versions(self) -> list[KnownVersion]:
        """Return all versions of the model; empty if there is no such model."""
        name = self._registry.model_name
        try:
            with self._registry.asked(f"no model {name}") as client:
                aliases = client.get_registered_model(name).aliases
                found = client.search_model_versions(f"name='{name}'")
                users = Counter(_logged_model(each.source) for each in _all_versions(client))
        except ModelNotFound:
            return []
        return [
            KnownVersion(
                str(each.version),
                each.creation_timestamp / 1000,
                each.run_id or "",
                tuple(sorted(a for a, of in aliases.items() if str(of) == str(each.version))),
                {
                    tag.removesuffix(_BEFORE): value
                    for tag, value in each.tags.items()
                    if tag.endswith(_BEFORE)
                },
                _logged_model(each.source),
                users[_logged_model(each.source)] > 1,
                REMOVING in each.tags,
            )
            for each in found
        ]

    def runs(self, of_versions: list[KnownVersion]) -> list[KnownRun]:
        """Return the runs of the experiment, those of versions, and those that are half removed."""
        name = self._registry.model_name
        with self._registry.asked("no runs") as client:
            every = _all(lambda token: client.search_experiments(page_token=token))
            mine = [e.experiment_id for e in every if e.name == self._experiment]
            half = f"tags.`{REMOVING}` LIKE '%'"
            found = {
                run.info.run_id: run
                for run in (
                    *_runs(client, mine, ""),
                    *_runs(client, [e.experiment_id for e in every], half),
                )
            }
            for run_id in {version.run_id for version in of_versions} - {*found, ""}:
                # It may have been deleted in MLflow.
                with suppress(MlflowException):
                    found[run_id] = client.get_run(run_id)
            others = {each.run_id for each in _all_versions(client) if each.name != name}
        return [
            _known_run(run, others)
            for run in found.values()
            if run.info.lifecycle_stage == "active"
        ]

    def bytes_of_version(self, version: KnownVersion) -> int:
        """Return the bytes of a version's files, 0 if they are not to be removed here."""
        place = self._place_of(version)
        return sum(_sizes(place)) if place else 0

    def bytes_of_run(self, run: KnownRun) -> int:
        """Return the bytes of a run's own files, without those of its versions."""
        with self._registry.asked(f"no run {run.run_id}") as client:
            place = self._place(client.get_run(run.run_id).info.artifact_uri)
            return sum(_sizes(place)) if place else 0

    def mark(self, version: KnownVersion) -> None:
        """Say that a version is about to be removed, so that it is not promoted any more."""
        with self._registry.asked(f"no version {version.number}") as client:
            client.set_model_version_tag(
                self._registry.model_name, version.number, REMOVING, "true"
            )

    def unmark(self, version: KnownVersion) -> None:
        """Take that back."""
        with self._registry.asked(f"no version {version.number}") as client:
            client.delete_model_version_tag(self._registry.model_name, version.number, REMOVING)

    def remove_version(self, version: KnownVersion) -> None:
        """Remove a version from the registry, and then its files.

        Its run is marked first, so that files that an interruption leaves are found again. Raise
        RegistryError if files cannot be removed.
        """
        place = self._place_of(version)
        with self._registry.asked(f"no version {version.number}") as client:
            if version.run_id:
                with suppress(MlflowException):  # the run may be gone
                    client.set_tag(version.run_id, REMOVING, "true")
            client.delete_model_version(self._registry.model_name, version.number)
        if place:
            _remove_files(f"version {version.number}", place)
        if version.logged_model and not version.is_shared:
            with suppress(ModelNotFound), self._registry.asked("no logged model") as client:
                client.delete_logged_model(version.logged_model)

    def remove_run(self, run: KnownRun) -> None:
        """Remove the files of a run and of all models that it logged, and delete it at last.

        A model of which a version was registered elsewhere stays. Raise RegistryError if files
        cannot be removed.
        """
        with self._registry.asked(f"no run {run.run_id}") as client:
            info = client.get_run(run.run_id).info
            of_run = f"source_run_id = '{run.run_id}'"
            models = _all(
                lambda token: client.search_logged_models(
                    [info.experiment_id], filter_string=of_run, page_token=token
                )
            )
            used = {_logged_model(each.source) for each in _all_versions(client)}
        for model in models:
            if model.model_id in used:
                continue
            if place := self._place(model.artifact_location):
                _remove_files(f"run {run.run_id}", place)
            with self._registry.asked("no logged model") as client:
                client.delete_logged_model(model.model_id)
        if place := self._place(info.artifact_uri):
            _remove_files(f"run {run.run_id}", place)
        with self._registry.asked(f"no run {run.run_id}") as client:
            client.delete_run(run.run_id)

    def left_alone(self, version: KnownVersion) -> str:
        """Return why the files of a version are not removed here, "" if they are."""
        if version.is_shared:
            return "another version has the same"
        if self._place_of(version):
            return ""
        return f"they are not in this store ({self._location_of(version) or 'not known'})"

    def _location_of(self, version: KnownVersion) -> str:
        if not version.logged_model:
            return ""
        with suppress(ModelNotFound), self._registry.asked("no logged model") as client:
            return str(client.get_logged_model(version.logged_model).artifact_location)
        return ""

    def _place_of(self, version: KnownVersion) -> ArtifactRepository | None:
        """Return the files of a version, None if they are not to be removed."""
        location = "" if version.is_shared else self._location_of(version)
        return self._place(location) if location else None

    def _place(self, location: str) -> ArtifactRepository | None:
        """Return the files at a location, None if they are not this store's, or not reached here.

        A copied database has the locations of the original, whose files must stay. A server may
        have files on its own disk.
        """
        uri = self._registry.tracking_uri
        folder, path = artifact_folder(uri), experiments.local_path(location)
        if path is not None:
            copied = experiments.copied_location(location, uri)
            if copied:
                location = copied
            elif (folder and not path.is_relative_to(folder)) or not path.exists():
                return None
        return get_artifact_repository(location, uri)


def _known_run(run: Run, others: set[str | None]) -> KnownRun:
    return KnownRun(
        run.info.run_id,
        run.info.status,
        (run.info.start_time or 0) / 1000,
        REMOVING in run.data.tags,
        run.info.run_id in others,
        str(run.data.params.get("data_version", "")),
    )


def _logged_model(source: str | None) -> str:
    """Return the ID of the logged model that is the source of a version, "" if it is none."""
    name = (source or "").removeprefix(_LOGGED_MODEL)
    return name if name != source and "/" not in name else ""


def _all_versions(client: Any) -> list[ModelVersion]:
    """Return the versions of all registered models."""
    return _all(lambda token: client.search_model_versions(page_token=token))


def _runs(client: Any, experiment_ids: list[str], matching: str) -> list[Run]:
    if not experiment_ids:
        return []
    return _all(lambda token: client.search_runs(experiment_ids, matching, page_token=token))


def _all(page: Callable[[str | None], PagedList[Entry]]) -> list[Entry]:
    """Return the entries of all pages; page returns one by its token."""
    found: list[Entry] = []
    token: str | None = None
    while True:
        entries = page(token)
        found += entries
        token = entries.token
        if not token:
            return found


def _sizes(files: ArtifactRepository, path: str | None = None) -> Iterator[int]:
    """Yield the bytes of every file below a path."""
    for entry in files.list_artifacts(path):
        if entry.is_dir:
            yield from _sizes(files, entry.path)
        else:
            yield entry.file_size or 0


def _remove_files(of: str, files: ArtifactRepository) -> None:
    problem = ""
    # The clients of stores, such as S3, have exceptions of their own.
    with ErrorBoundary() as boundary:
        try:
            files.delete_artifacts()  # type: ignore[no-untyped-call]
        except (OSError, MlflowException) as err:
            problem = type(err).__name__
    if problem or boundary.caught:
        raise RegistryError(
            f"the files of {of} cannot be removed ({problem or 'see the log'}): allow deleting at "
            f"{files.artifact_uri}, and run it again"
        )
    # Local files are in a folder of their own, which is empty now.
    if folder := getattr(files, "artifact_dir", ""):
        with suppress(OSError):
            Path(folder).parent.rmdir()
