"""What a training may be told."""

from dataclasses import dataclass

from ..errors import InvalidInput


@dataclass(frozen=True)
class Choices:
    """The data and the parameters of a training; raise InvalidInput for impossible ones.

    data_version   version of the dataset vectors, or the start of its name; "" for the newest
    l2             strength of the penalty on the pattern model's weights (training.fit_pattern)
    iterations     how many times its weights are improved
    error_allowed  share of wrong answers that the threshold is chosen for, on names never seen
    """

    data_version: str = ""
    l2: float = 5.0
    iterations: int = 14
    error_allowed: float = 0.03

    def __post_init__(self) -> None:
        if not self.l2 > 0:
            raise InvalidInput(f"l2 is {self.l2}: give a number above 0, such as 5")
        if not self.iterations >= 1:
            raise InvalidInput(f"iterations is {self.iterations}: give at least 1, such as 14")
        if not 0 < self.error_allowed < 0.5:
            raise InvalidInput(
                f"error_allowed is {self.error_allowed}: give a share between 0 and 0.5, such as "
                "0.03"
            )
