"""Which locator is asked, and what is said where there is no face."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data as pictures

from xaifake.errors import NoFaceError, UsageError
from xaifake.faces import LOCATORS, faces_of
from xaifake.images import picture_of
from xaifake.plugins import names
from xaifake.records import Box, Crop

CUP = picture_of(pictures.coffee(), "cup.png")


def test_the_whole_picture_is_the_face_where_the_contract_says_so() -> None:
    """One face, all of the picture, whatever it shows."""
    (face,) = faces_of(CUP, "whole")
    assert (Box(0, 0, 400, 600), "whole", None) == (face.box, face.locator, face.keypoints)
    np.testing.assert_array_equal(face.pixels, CUP.pixels)


def test_the_face_is_looked_for_where_the_contract_says_so() -> None:
    """The face's crop is a part of the picture."""
    (face,) = faces_of(picture_of(pictures.astronaut()), "face")
    assert face.locator == "blazeface"
    assert face.pixels.shape == (face.box.height, face.box.width, 3)
    assert face.box.height < 256


def test_no_face_is_refused_never_replaced_by_the_whole() -> None:
    """The one line names the flag that takes the whole picture, and the picture."""
    with pytest.raises(NoFaceError, match=r"^No face was found .*--crop whole.* Received: cup\.png$"):
        faces_of(CUP, "face")


@pytest.mark.parametrize("crop", ["face", "whole"])
def test_a_given_box_is_the_face_whatever_it_shows(crop: Crop) -> None:
    """Nobody looks for a face there, and the box is not widened."""
    box = Box(0, 100, 400, 600)
    (face,) = faces_of(CUP, crop, box)
    assert (box, "given", None) == (face.box, face.locator, face.keypoints)


@pytest.mark.parametrize("box", [Box(-1, 0, 9, 9), Box(0, -1, 9, 9), Box(0, 0, 401, 9), Box(0, 0, 9, 601)])
def test_a_box_out_of_the_picture_is_refused(box: Box) -> None:
    """The one line says what lies within, how to write a box, and what came."""
    with pytest.raises(UsageError, match=r"cup\.png, .* 0,0,400,600; .* --box TOP,LEFT,BOTTOM,RIGHT\. Received: ") as caught:
        faces_of(CUP, "whole", box)
    assert str(caught.value).endswith(f"{box.top},{box.left},{box.bottom},{box.right}")


def test_every_crop_has_its_locator() -> None:
    """What the contract may say is what there is to ask."""
    assert set(LOCATORS.values()) <= set(names("locator"))
