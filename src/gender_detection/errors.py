"""Named exceptions; each message names the thing at fault and the remedy."""


class GenderDetectionError(Exception):
    """Base of every error that this package raises on purpose."""


class ConfigError(GenderDetectionError):
    """A setting has a value that cannot be used."""


class SourceError(GenderDetectionError):
    """A source of names cannot be read, or is not what its catalogue entry says.

    Another try would end the same way, unless it is a SourceUnavailable.
    """


class SourceUnavailable(SourceError):
    """A source is out of reach for now: another try may do better."""


class DownloadError(SourceError):
    """A file of a source could not be fetched whole and unaltered."""


class DownloadInterrupted(DownloadError, SourceUnavailable):
    """A download failed for a reason that may pass: the network, a busy server, a full disk."""


class DatasetError(GenderDetectionError):
    """A dataset is missing, or is not what its manifest says."""


class QualityError(GenderDetectionError):
    """A data-quality gate refused a stage's output."""


class ModelNotFound(GenderDetectionError):
    """There is no model where one was looked for."""


class RegistryError(GenderDetectionError):
    """The registry of models cannot be reached, or does not answer as it should."""


class ArtifactError(GenderDetectionError):
    """A model artifact is damaged, incomplete or of an unknown format."""


class InvalidInput(GenderDetectionError):
    """What the caller passed cannot be used."""


class ColumnNotFound(InvalidInput):
    """A column that the caller named is not in the table."""
