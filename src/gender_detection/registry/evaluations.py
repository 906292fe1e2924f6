"""Figures of a user's own people, kept with a version: a tag, and a file and metrics in its run."""

from ..evaluation.registered import RegisteredFigures, as_file, as_metrics, as_tag
from .versions import Registry


def register_figures(registry: Registry, version: str, figures: RegisteredFigures) -> bool:
    """Keep figures with a version, in place of earlier ones of the same people.

    Return whether its run has them too, with those by country; a version may have no run. Raise
    ModelNotFound if there is no such version, RegistryError if the registry does not answer.
    """
    with registry.asked(f"no version {version} of {registry.model_name}") as client:
        run_id = client.get_model_version(registry.model_name, version).run_id
        if run_id:
            name, text = as_file(figures)
            client.log_text(run_id, text, name)
            for metric, value in as_metrics(figures).items():
                client.log_metric(run_id, metric, value)
        # The tag is last: what is read later is there.
        client.set_model_version_tag(registry.model_name, version, *as_tag(figures))
    return bool(run_id)
