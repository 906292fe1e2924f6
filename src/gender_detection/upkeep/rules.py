"""The rules of what is kept, and why. Nothing here reads or removes anything."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..registry.stock import KnownRun, KnownVersion
from ..registry.versions import back_from

# A version may be registered and not yet have its alias: the gate is looking at it.
JUST_REGISTERED_SECONDS = 3600.0
DAY_SECONDS = 86_400.0
# Runs that ended without success; those that run are abandoned when they are as old.
FAILED = ("FAILED", "KILLED")
RUNNING = ("RUNNING", "SCHEDULED")


@dataclass(frozen=True)
class Limits:
    """How much is kept.

    versions     the newest versions of the model
    rollbacks    how many rollbacks in a row reach their version, from each alias
    failed_days  after so many days, runs that failed or were abandoned are removed
    """

    versions: int
    rollbacks: int
    failed_days: float


def kept_versions(
    versions: Iterable[KnownVersion], limits: Limits, served: Mapping[str, str], now: float
) -> dict[str, str]:
    """Return why each version is kept that is, by its number.

    served has the versions that are served or published, by number, each with where.
    """
    newest_first = sorted(versions, key=lambda version: int(version.number), reverse=True)
    known = {version.number: version for version in newest_first}
    reasons: dict[str, list[str]] = {
        version.number: [f"is {alias}" for alias in version.aliases]
        for version in newest_first
        if version.aliases
    }
    for version in newest_first:
        for alias in version.aliases:
            for number, steps in within_reach(known, version, alias, limits.rollbacks):
                in_a_row = "a rollback" if steps == 1 else f"{steps} rollbacks in a row"
                reasons.setdefault(number, []).append(f"within reach of {in_a_row} of {alias}")
    for number, where in served.items():
        if number in known:
            reasons.setdefault(number, []).append(where)
    for place, version in enumerate(newest_first):
        if place < limits.versions:
            text = f"among the {limits.versions} newest" if limits.versions > 1 else "the newest"
            reasons.setdefault(version.number, []).append(text)
        elif now - version.created < JUST_REGISTERED_SECONDS:
            reasons.setdefault(version.number, []).append("registered within the last hour")
    return {number: ", ".join(dict.fromkeys(why)) for number, why in reasons.items()}


def within_reach(
    known: Mapping[str, KnownVersion], holder: KnownVersion, alias: str, rollbacks: int
) -> Iterator[tuple[str, int]]:
    """Yield each version to which rollbacks of an alias move, with their number, from 1.

    A rollback moves to the version that had the alias before or, if that is unknown or gone, to the
    next lower one (Registry.previous).
    """
    at, seen = holder, {holder.number}
    for steps in range(1, rollbacks + 1):
        number = back_from(known, at.number, at.before.get(alias))
        if number is None or number in seen:
            return
        yield number, steps
        seen.add(number)
        at = known[number]


def run_kept(
    run: KnownRun, of_run: Sequence[KnownVersion], kept: Mapping[str, str], limits: Limits,
    now: float,
) -> str:  # fmt: skip
    """Return why a run is kept, "" if it may be removed.

    of_run are the versions of the model that it registered and that are still there, kept is the
    result of kept_versions().
    """
    if of_run:
        numbers = [version.number for version in of_run if version.number in kept]
        return f"made version {', '.join(numbers)}, which is kept" if numbers else ""
    if run.is_half_removed:
        return ""
    if run.status not in (*FAILED, *RUNNING):
        return "ended without a version, and did not fail"
    has_failed = run.status in FAILED
    # A training may be under way, however few days are set.
    least = limits.failed_days if has_failed else max(limits.failed_days, 1)
    if (now - run.started) / DAY_SECONDS > least:
        return ""
    state = "failed" if has_failed else "started, and has not ended,"
    return f"{state} less than {least:g} {'day' if least == 1 else 'days'} ago"


def published_kept(folders: Sequence[str], current: str, previous: str | None) -> dict[str, str]:
    """Return why each published copy is kept that is, by the name of its folder.

    folders are named <version>-<digest>, the newest first; previous is the version to which a
    rollback moves the champion. Without a copy of it, the newest other one is kept.
    """
    kept = {current: "is served"}
    others = [name for name in folders if name != current]
    of_previous = [name for name in others if name.rpartition("-")[0] == previous]
    for name in (of_previous or others)[:1]:
        kept[name] = "the one before" if of_previous else "the newest of the others"
    return kept
