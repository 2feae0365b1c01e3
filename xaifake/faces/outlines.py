"""Outlines of face parts, as indices of the mesh's 468 points, each once around its part.

Pairs are (on the image's left, on its right) of an upright face. Read off a mean frontal mesh, drawn with its indices.
"""

from __future__ import annotations

Outline = tuple[int, ...]

FOREHEAD_TOP: Outline = (162, 21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251, 389)
"""From temple to temple over the forehead: the mesh ends here, below most hairlines."""
LEFT_SIDE: Outline = (152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127)
"""From the chin up to the temple."""
RIGHT_SIDE: Outline = (356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377)
"""From the temple down to the chin."""
MIDLINE: Outline = (10, 168, 2, 152)
FACE: Outline = FOREHEAD_TOP + RIGHT_SIDE + LEFT_SIDE
HALVES: tuple[Outline, Outline] = (
    (*LEFT_SIDE, *FOREHEAD_TOP[:6], *MIDLINE[:-1]),
    (*MIDLINE, *RIGHT_SIDE[::-1], *FOREHEAD_TOP[:6:-1]),
)
BROWS: tuple[Outline, Outline] = (
    (70, 63, 105, 66, 107, 55, 222, 223, 224, 46),
    (300, 293, 334, 296, 336, 285, 442, 443, 444, 276),
)
EYES: tuple[Outline, Outline] = (
    (46, 224, 223, 222, 55, 193, 244, 233, 232, 231, 230, 229, 228, 31, 226, 124),
    (276, 444, 443, 442, 285, 417, 464, 453, 452, 451, 450, 449, 448, 261, 446, 353),
)
"""From the brow to below the lower lid."""
NOSE: Outline = (168, 122, 188, 217, 198, 49, 129, 64, 98, 97, 2, 326, 327, 294, 358, 279, 420, 437, 412, 351)
MOUTH: Outline = (57, 186, 92, 165, 98, 97, 2, 326, 327, 391, 322, 410, 287, 273, 335, 406, 313, 18, 83, 182, 106, 43)
"""The lips, a rim about them, and the skin between them and the nose."""
CHIN_AND_JAW: Outline = (57, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 287)
FOREHEAD: Outline = (*FOREHEAD_TOP, 383, 300, 293, 334, 296, 336, 285, 417, 168, 193, 55, 107, 66, 105, 63, 70, 156)
"""Over the brows, and between them down to the root of the nose."""

LINES: tuple[Outline, ...] = (
    (*FACE, FACE[0]),
    (46, 53, 52, 65, 55, 107, 66, 105, 63, 70, 46),
    (276, 283, 282, 295, 285, 336, 296, 334, 293, 300, 276),
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246, 33),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466, 263),
    (193, 122, 188, 217, 198, 129, 64, 98, 97, 2, 326, 327, 294, 358, 420, 437, 412, 351, 417),
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185, 61),
    (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308),
)
"""What a line drawing of a face has: its edge, brows, lids, nose, lips, and the line between them."""
