"""What an export of samples must hold and may hold, and the error that says what is wrong with one."""

from __future__ import annotations

#: People with recorded pictures, and recorded pictures, below which nothing is learnt.
LEAST_PEOPLE, LEAST_PICTURES = 5, 40
#: People and pictures that the held-out part must have: fewer say nothing.
LEAST_HELD_PEOPLE, LEAST_HELD_PICTURES = 4, 12
#: As `learningBounds` of the product: recorded pictures, and bytes of all.
MOST_PICTURES, MOST_BYTES = 5000, 256 << 20
#: Of the manifest, of one picture, and pixels of its sides.
MOST_MANIFEST, MOST_PICTURE, MOST_SIDE = 16 << 20, 8 << 20, 4096
#: Pixels between the eyes of a picture.
INTER_EYE = (3.0, 1024.0)
#: Share of the days that is held out.
HELD_OUT_SHARE = 0.35
#: A day's pictures speak against their label where they are nearer to another person of the site by this cosine.
CONTRADICTS_BY = 0.1
#: Share of such days from which on labels are taken for wrong.
MOST_CONTRADICTED = 0.3


class IncrementError(ValueError):
    """Samples or models that cannot be used; `code` says why in one word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
