"""Exceptions; each message says what is wrong, where, and what to do."""

import contextlib
from collections.abc import Iterator
from pathlib import Path


class GenderDetectionError(Exception):
    """Base class of the errors of this package."""


class ConfigError(GenderDetectionError):
    """A setting has an invalid value."""


class SourceError(GenderDetectionError):
    """A source cannot be read, or differs from its entry in the catalogue.

    Trying again does not help, except for a SourceUnavailable.
    """


class SourceUnavailable(SourceError):
    """A source is temporarily unavailable: trying again may help."""


class DownloadError(SourceError):
    """A file of a source could not be downloaded, or differs from its checksum."""


class DownloadInterrupted(DownloadError, SourceUnavailable):
    """A download failed for a temporary reason: the network, a busy server, a full disk."""


class DatasetError(GenderDetectionError):
    """A dataset is missing, or differs from its manifest."""


class QualityError(GenderDetectionError):
    """The output of a stage failed a data quality check."""


class ModelNotFound(GenderDetectionError):
    """No model was found."""


class RegistryError(GenderDetectionError):
    """The model registry is unreachable, or its answer is invalid."""


class AliasMoved(RegistryError):
    """An alias of the registry is not where the caller expects it."""


class GateRefusal(GenderDetectionError):
    """A version of the model that the gate refused is not promoted."""


class ApiError(GenderDetectionError):
    """A server of the API does not answer, or cannot."""


class ArtifactError(GenderDetectionError):
    """A model artifact is damaged, incomplete or of an unknown format."""


class InvalidInput(GenderDetectionError):
    """An argument of the caller is invalid."""


class ColumnNotFound(InvalidInput):
    """The table does not have a column that the caller named."""


@contextlib.contextmanager
def naming(path: Path, shown: object = None) -> Iterator[None]:
    """Let an InvalidInput that is raised in the block name a file: by shown, if path is a copy."""
    name = str(path if shown is None else shown)
    try:
        yield
    except InvalidInput as err:
        message = str(err).replace(str(path), name)
        if message == str(err) and name in message:
            raise
        raise InvalidInput(message if name in message else f"{name}: {message}") from err
