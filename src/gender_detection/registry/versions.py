"""Listing, downloading, promoting and rolling back versions of a registered model."""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import mlflow
from mlflow.artifacts import download_artifacts
from mlflow.entities import RunInfo
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE

from ..config import RegisteredModel
from ..errors import AliasMoved, ModelNotFound, RegistryError
from ..lineage import Lineage
from ..model import artifact
from . import experiments, gate_notes
from .connection import Connection
from .lineage import manifest_of, run_address, run_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .runs import Run

CHAMPION = "champion"
# The version that was trained last, until it is promoted.
CHALLENGER = "challenger"
# Tags of a version: what the gate said of it, and who promoted it all the same.
PASSED, CHECKED_AT, AGAINST = "gate.passed", "gate.checked_at", "gate.against"
FORCED_BY, FORCED_AT, FORCED_WHY = "gate.forced_by", "gate.forced_at", "gate.forced_why"
# When a version was rolled back by itself, and why.
ROLLED_BACK_AT, ROLLED_BACK_WHY = "rollback.at", "rollback.why"
# Maximum characters of a version's description in MLflow's database.
DESCRIPTION_LENGTH = 5000
# By default, a request of MLflow's client to a registry that hangs takes 15 minutes. The client
# reads these variables at each request.
_CLIENT_DEFAULTS = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
# The fewest digits by which a data version may be named.
DATA_VERSION_DIGITS = 6
# The tag of a version that the upkeep is about to remove.
REMOVING = "upkeep.removing"


@dataclass(frozen=True)
class Version:
    """A version in the registry; created is in milliseconds of Unix time."""

    number: str
    created: int
    aliases: tuple[str, ...] = ()


class Registry(Connection):
    """An MLflow tracking server or database, and one registered model in it.

    Methods that use it raise RegistryError if it is unreachable.
    """

    @contextmanager
    def run(
        self, experiment: str, *, name: str = "", note: str = "", source: str = ""
    ) -> Iterator["Run"]:
        """Start a run of an experiment and yield it; it is marked failed if the block raises.

        MLflow shows the name and the note (Markdown); source is the path of the notebook in the
        project. The run is tagged with the commit of this package's checkout. An embedded store has
        the run's files beside its database. Raise RegistryError if another database has no place
        for them.
        """
        from .runs import Run, ended, tags  # needs all of MLflow, and pandas

        mlflow.set_tracking_uri(self.tracking_uri)
        translated = partial(self._translated_errors, f"no experiment {experiment}")
        with translated():
            client = self._client()
            active = mlflow.start_run(
                experiment_id=experiments.get_or_create(client, experiment, self.artifacts_uri),
                run_name=name or None,
                description=note or None,
                tags=tags(source),
            )
        page = _page(active.info)
        with ended(translated):
            yield Run(active.info.run_id, self.model_name, page, self.describe, translated)

    def log_report(self, run_id: str, report: Path) -> bool:
        """Log a report (HTML) as an artifact of its run, and link to it in the note of the run.

        Return False, and log nothing, if there is no such file or it does not name the run: then it
        is the report of another one. Raise ModelNotFound if there is no such run.
        """
        if not report.is_file() or run_id not in report.read_text(encoding="utf-8"):
            return False
        with self._translated_errors(f"no run {run_id}"):
            client = self._client()
            run = client.get_run(run_id)
            client.log_artifact(run_id, str(report))
            page = f"{_page(run.info)}/artifacts/{quote(report.name)}"
            link = f"**[Open the report]({page})**: `{report.name}` in the artifacts of this run."
            note = run.data.tags.get(MLFLOW_RUN_NOTE, "")
            client.set_tag(run_id, MLFLOW_RUN_NOTE, f"{link}\n\n{note}".strip())
        return True

    def log_figures(self, run_id: str, figures: Mapping[str, "Figure"]) -> None:
        """Log plots to a run, each as plots/<name>.png; raise ModelNotFound without such a run."""
        with self._translated_errors(f"no run {run_id}"):
            client = self._client()
            for name, figure in figures.items():
                client.log_figure(run_id, figure, f"plots/{name}.png")

    def versions(self) -> list[Version]:
        """Return all versions, newest first; raise ModelNotFound if there is no model."""
        with self._translated_errors(f"no model {self.model_name}"):
            # A search for versions does not fail for a missing model; this does.
            aliases = self._client().get_registered_model(self.model_name).aliases
            found = self._client().search_model_versions(f"name='{self.model_name}'")
        versions = [
            Version(
                str(version.version),
                int(version.creation_timestamp),
                tuple(sorted(a for a, of in aliases.items() if str(of) == str(version.version))),
            )
            for version in found
        ]
        return sorted(versions, key=lambda version: int(version.number), reverse=True)

    def find(self, alias: str = "", version: str = "") -> Version:
        """Return the version with the alias or, without an alias, with the number.

        Raise ModelNotFound if there is none.
        """
        wanted = RegisteredModel(self.model_name, alias, version)
        what = f"version {version} of {self.model_name}" if version else f"model {wanted}"
        with self._translated_errors(f"no {what}"):
            client = self._client()
            found = (
                client.get_model_version_by_alias(self.model_name, alias)
                if alias
                else client.get_model_version(self.model_name, version)
            )
        return Version(str(found.version), int(found.creation_timestamp))

    def resolve(self, named: str) -> Version:
        """Return the version with a number, else with an alias, else of a version of the data.

        A version of the data may be shortened to DATA_VERSION_DIGITS; the newest version that was
        trained on it is meant. Raise ModelNotFound if there is none of these.
        """
        if named.isdecimal() and len(named) < DATA_VERSION_DIGITS:
            return self.find(version=named)
        versions = self.versions()
        for version in versions:
            if named == version.number or named in version.aliases:
                return version
        if len(named) >= DATA_VERSION_DIGITS:
            for version in versions:
                if self._data_version(version).startswith(named):
                    return version
        raise ModelNotFound(
            f"{named!r} is no version, alias or data version of {self.model_name} in the registry "
            f"at {self._shown_uri()}: see 'gender-detection model list'"
        )

    def lineage(self, version: Version, *, of_run: bool = True) -> Lineage:
        """Return where a version comes from; its manifest is empty if it has no readable artifact.

        Without of_run, the run that trained it is left out, which is faster. Raise ModelNotFound if
        there is no such version.
        """
        with self._translated_errors(f"no version {version.number} of {self.model_name}"):
            mlflow.set_tracking_uri(self.tracking_uri)
            client = self._client()
            found = client.get_model_version(self.model_name, version.number)
            aliases = client.get_registered_model(self.model_name).aliases
        manifest: Mapping[str, Any] = {}
        digest, run = "", None
        # A version can be listed, and its run shown, if its files are gone.
        with suppress(ModelNotFound), self._translated_errors("no files"):
            manifest, digest = manifest_of(client, self.model_name, version.number)
        if of_run and found.run_id:
            with suppress(ModelNotFound), self._translated_errors("no run"):
                run = run_of(client, found.run_id)
        return Lineage(
            self.model_name,
            version.number,
            version.created,
            manifest,
            digest,
            tuple(sorted(a for a, of in aliases.items() if str(of) == version.number)),
            dict(found.tags),
            run,
            self._shown_uri(),
        )

    def page_of(self, lineage: Lineage) -> str:
        """Return the address of the page of the run that trained a version, "" without a run."""
        return run_address(self.tracking_uri, lineage.run) if lineage.run else ""

    def download(self, version: Version, into: Path) -> Path:
        """Copy the artifact of a version into a folder and return the artifact's folder, unchecked.

        The number of the version and its time of registration are saved there. Raise ModelNotFound
        if the version has no artifact, ArtifactError if the manifest is not a file.
        """
        wanted = RegisteredModel(self.model_name, "", version.number)
        into.mkdir(parents=True, exist_ok=True)
        with self._translated_errors(f"no files of {wanted}"):
            mlflow.set_tracking_uri(self.tracking_uri)
            location = self._client().get_model_version_download_uri(
                self.model_name, version.number
            )
            # MLflow itself would read the files of the store that was copied.
            uri = experiments.copied_location(location, self.tracking_uri) or str(wanted)
            folder = Path(download_artifacts(artifact_uri=uri, dst_path=str(into)))
        manifest = next(folder.rglob(artifact.MANIFEST), None)
        if manifest is None:
            raise ModelNotFound(
                f"version {version.number} of {self.model_name} in the registry at "
                f"{self._shown_uri()} holds no {artifact.MANIFEST}: train a model with 'make train'"
            )
        artifact.register(manifest.parent, version.number, version.created / 1000)
        return manifest.parent

    def fetch(self, into: Path, alias: str = CHAMPION) -> tuple[Path, str]:
        """Download the version with an alias; return the artifact's folder and the version number.

        Raise ModelNotFound if there is no such version.
        """
        version = self.find(alias)
        return self.download(version, into), version.number

    def promote(self, version: str, alias: str = CHAMPION) -> None:
        """Move the alias to a version.

        Raise ModelNotFound if there is no such version, RegistryError if it is being removed.
        """
        with self._translated_errors(f"no version {version} of {self.model_name}"):
            client = self._client()
            client.get_model_version(self.model_name, version)
            before = client.get_registered_model(self.model_name).aliases.get(alias)
            if before is not None and str(before) != version:
                # MLflow does not record where an alias was; rollback() needs it.
                client.set_model_version_tag(
                    self.model_name, version, previous_tag(alias), str(before)
                )
            client.set_registered_model_alias(self.model_name, alias, version)
            # The upkeep sets its tag before it looks for aliases: one of the two sees the other.
            if REMOVING in client.get_model_version(self.model_name, version).tags:
                if before is None:
                    client.delete_registered_model_alias(self.model_name, alias)
                else:
                    client.set_registered_model_alias(self.model_name, alias, str(before))
                raise RegistryError(
                    f"version {version} of {self.model_name} is being removed: wait for "
                    "'gender-detection clean-old' or, if it was interrupted, run it again"
                )

    def previous(self, alias: str = CHAMPION) -> tuple[str, str]:
        """Return the version with the alias, and the version that a rollback moves it to.

        That is the one that had the alias before or, if this is unknown, the next lower version
        that was not rolled back by itself. Raise ModelNotFound if no version has the alias, or
        there is none to go back to.
        """
        present = self.find(alias).number
        with self._translated_errors(f"no version {present} of {self.model_name}"):
            tags = self._client().get_model_version(self.model_name, present).tags
        numbers = [version.number for version in self.versions()]
        before = tags.get(previous_tag(alias))
        if before not in numbers:
            numbers = [number for number in numbers if self.rolled_back(number) is None]
        back = back_from(numbers, present, before)
        if back is None:
            raise ModelNotFound(
                f"version {present} of {self.model_name} has the alias {alias}, and there is none "
                "before it: promote a version by its number"
            )
        return present, back

    def rollback(
        self, alias: str = CHAMPION, *, expected: tuple[str, str] | None = None
    ) -> tuple[str, str]:
        """Move the alias back; return the version that had it and the one that has it now.

        Raise ModelNotFound as previous() does, and AliasMoved if these are not the two versions
        that are expected. MLflow cannot compare and set in one step: an alias that somebody moves
        between the two requests is moved again.
        """
        present, back = self.previous(alias)
        if expected not in (None, (present, back)):
            raise AliasMoved(
                f"{alias} of {self.model_name} is version {present}, and {back} was before it: it "
                f"is not moved from version {expected[0]} to {expected[1]}"
            )
        with self._translated_errors(f"no version {back} of {self.model_name}"):
            self._client().set_registered_model_alias(self.model_name, alias, back)
        return present, back

    def note_rollback(self, version: str, *, at: str, why: str) -> None:
        """Keep with a version when (ISO 8601) it was rolled back by itself, and why."""
        with self._translated_errors(f"no version {version} of {self.model_name}"):
            client = self._client()
            for name, value in ((ROLLED_BACK_AT, at), (ROLLED_BACK_WHY, why)):
                client.set_model_version_tag(self.model_name, version, name, value)

    def rolled_back(self, version: str) -> str | None:
        """Return when and why a version was rolled back by itself, as a sentence; None otherwise.

        Raise ModelNotFound if there is no such version.
        """
        tags = self.tags(version)
        if ROLLED_BACK_AT not in tags:
            return None
        at, why = tags[ROLLED_BACK_AT], tags.get(ROLLED_BACK_WHY, "")
        return f"Version {version} was rolled back by itself at {at}: {why}."

    def holder(self, alias: str) -> str | None:
        """Return the number of the version that has an alias; None if there is none."""
        with self._translated_errors(f"no model {self.model_name}"):
            aliases = self._client().get_registered_model(self.model_name).aliases
        return str(aliases[alias]) if alias in aliases else None

    def drop(self, alias: str) -> None:
        """Take an alias away from the version that has it, if any."""
        with self._translated_errors(f"no model {self.model_name}"):
            self._client().delete_registered_model_alias(self.model_name, alias)

    def mark(
        self,
        version: str,
        *,
        passed: bool,
        against: str | None,
        at: str,
        summary: str,
        files: Mapping[str, str],
    ) -> None:
        """Keep the gate's verdict on a version, in place of an earlier one.

        Tags say whether it passed, when (ISO 8601), and against which champion. The summary
        (Markdown) begins the description; files are texts by name, kept with the run.
        """
        tags = {PASSED: str(passed).lower(), CHECKED_AT: at, AGAINST: against or ""}
        with self._translated_errors(f"no version {version} of {self.model_name}"):
            mlflow.set_tracking_uri(self.tracking_uri)
            client = self._client()
            found = client.get_model_version(self.model_name, version)
            for name, value in tags.items():
                client.set_model_version_tag(self.model_name, version, name, value)
            text = gate_notes.with_summary(summary, found.description or "", DESCRIPTION_LENGTH)
            client.update_model_version(self.model_name, version, text)
            if found.run_id:  # a version can be registered without a run
                for name, content in files.items():
                    client.log_text(found.run_id, content, name)

    def tags(self, version: str) -> dict[str, str]:
        """Return the tags of a version; raise ModelNotFound if there is no such version."""
        with self._translated_errors(f"no version {version} of {self.model_name}"):
            return dict(self._client().get_model_version(self.model_name, version).tags)

    def refusal(self, version: str) -> str | None:
        """Return what the gate said of a version that it refused, as Markdown; None otherwise."""
        with self._translated_errors(f"no version {version} of {self.model_name}"):
            found = self._client().get_model_version(self.model_name, version)
        return (
            gate_notes.summary_of(found.description or "")
            if (found.tags.get(PASSED) == "false")
            else None
        )

    def note_forced(self, version: str, *, by: str, at: str, why: str) -> None:
        """Keep with a version who promotes it against the gate, when (ISO 8601), and why."""
        with self._translated_errors(f"no version {version} of {self.model_name}"):
            client = self._client()
            for name, value in ((FORCED_BY, by), (FORCED_AT, at), (FORCED_WHY, why)):
                client.set_model_version_tag(self.model_name, version, name, value)

    def is_forced(self, version: str) -> bool:
        """Return whether a version was promoted by force; ModelNotFound if there is no such one."""
        return FORCED_AT in self.tags(version)

    def describe(self, version: str, model_card: str, more: str = "") -> None:
        """Set the description of a version to the opening of its model card, and more (Markdown)
        below it."""
        # Here, as it imports the evaluation, which downloading a version does not need.
        from .. import card

        link = f"\n\nThe whole card is {card.FILE}, in the artifacts of the run and the model."
        more = f"{link}\n\n{more}".rstrip()
        text = card.opening(model_card, DESCRIPTION_LENGTH - len(more)) + more
        with self._translated_errors(f"no version {version} of {self.model_name}"):
            self._client().update_model_version(self.model_name, version, text)

    def _data_version(self, version: Version) -> str:
        """Return the version of the data that a version was trained on, "" if it is unknown."""
        with suppress(ModelNotFound), self._translated_errors("no run"):
            client = self._client()
            run_id = client.get_model_version(self.model_name, version.number).run_id
            if run_id:
                return str(client.get_run(run_id).data.params.get("data_version", ""))
        return ""

    @contextmanager
    def asked(self, missing: str) -> Iterator[mlflow.MlflowClient]:
        """Yield a client to use in the block, whose errors are those of this class.

        missing says what does not exist if MLflow does not find it, such as "no run 1".
        """
        with self._translated_errors(missing):
            mlflow.set_tracking_uri(self.tracking_uri)
            yield self._client()


def limit_waiting() -> None:
    """Set short timeouts for MLflow's client in this process, unless the environment sets them."""
    for variable, value in _CLIENT_DEFAULTS.items():
        os.environ.setdefault(variable, value)


def _page(run: RunInfo) -> str:
    """Return the address of a run within MLflow's UI, wherever that is served."""
    return f"#/experiments/{run.experiment_id}/runs/{run.run_id}"


def previous_tag(alias: str) -> str:
    """Return the tag with the version that had the alias before."""
    return f"{alias}_before"


def back_from(numbers: Collection[str], present: str, before: str | None) -> str | None:
    """Return the version to which a rollback moves an alias from the present one, None if to none.

    numbers are those of all versions, before is the one that had the alias before, if it is known.
    """
    if before in numbers:
        return before
    return max((n for n in numbers if int(n) < int(present)), key=int, default=None)
