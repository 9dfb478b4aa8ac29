"""A request to stop, heard between two pieces of work: what was done is saved first."""

from __future__ import annotations

import signal
from types import FrameType

#: Exit code after SIGTERM, as a shell gives it.
TERMINATED = 143


class Stop:
    """`asked` once SIGTERM or SIGINT came; `check` then leaves with code 143."""

    def __init__(self) -> None:
        self.asked = False

    def listen(self) -> Stop:
        """From here on the signals do not end the process at once."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)
        return self

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True

    def check(self) -> None:
        if self.asked:
            raise SystemExit(TERMINATED)
