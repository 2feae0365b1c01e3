"""How to read each method, in words: what it shows, what to look for, what to ignore."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """How to read one method."""

    title: str
    shows: str
    look_for: str
    ignore: str


CARDS = {
    "gradcam": Card(
        "Grad-CAM",
        "Which cells of one late layer raise or lower the logit, to first order: the layer's activations, weighted by the "
        "gradient of the logit.",
        "Broad areas, and whether SHAP and LIME point to the same ones.",
        "Fine outlines: the grid is coarse, and every contour within a cell comes from interpolation.",
    ),
    "parts": Card(
        "Parts of the face",
        "How much each part of the face adds to the logit when it is shown, averaged over all mixtures of shown and hidden "
        "parts. The values add up to the logit less the logit of the hidden picture.",
        "Parts that stand out, and whether they do so for their size: the value per 1 % of the picture tells.",
        "Values smaller than their error, and outlines to the pixel: hair, ears and background are laid about the face by "
        "its size and turn, not seen.",
    ),
    "bands": Card(
        "Frequency bands",
        "How much each of eight bands of the spectrum, from shading to grain, adds to the logit, averaged over all orders "
        "in which bands can be shown. The values add up to the logit less the logit of the mean colour.",
        "The band that stands out, and whether removing it does more than its control, random frequencies of equal energy.",
        "Coarse bands whose control does as much: they hold most of the face, and removing much of anything moves a score.",
    ),
    "restored_parts": Card(
        "Restored parts",
        "The same, where an absent part shows the pixels of the genuine picture: how much each part's pixels add to the "
        "logit against those. The values add up to the logit less the logit of the genuine picture.",
        "Parts that stand out: there the change itself moved the score. Compare them with the parts above.",
        "Parts in which the two pictures do not differ, and values smaller than their error.",
    ),
    "shap": Card(
        "SHAP",
        "How much each region adds to the logit when it is shown, averaged over many mixtures of shown and hidden regions. "
        "The values add up to the logit less the logit of the hidden picture.",
        "Regions that stand out clearly from the rest, and the additivity gap in the settings: it should be small.",
        "Small values of many regions, and the exact outline of a region: it is a superpixel, not a part of the face.",
    ),
    "lime": Card(
        "LIME",
        "The weights of a linear model, fitted to the detector's logits on randomly masked copies: one weight a region.",
        "The few strongest regions, and the fit R² in the settings: below about 0.5 the linear picture is poor.",
        "The order of the weaker regions: another seed may well turn it round.",
    ),
    "occlusion": Card(
        "Occlusion",
        "How much the logit loses when one region alone is hidden and the rest of the picture stays as it is.",
        "The regions that the score leans on as the picture stands, and whether SHAP points to the same ones.",
        "That a region has no value: where two regions tell the same, hiding one of them changes nothing.",
    ),
    "restoration": Card(
        "Restoration",
        "How much the logit loses when one region alone gets the original’s pixels back and the rest of the picture stays "
        "as it is: the real effect of the change there, which the methods without an original have to guess.",
        "Regions within the outline of what differs, and whether the other methods point to the same ones.",
        "Small values outside that outline: saving and resizing the two files differently has an effect of its own.",
    ),
    "integrated_gradients": Card(
        "Integrated gradients",
        "What each pixel adds to the logit while the whole picture changes step by step from its hidden copy to itself. The "
        "values add up to the logit less the logit of the hidden picture.",
        "Clusters of pixels of one colour, and the completeness gap in the settings: it should be small.",
        "Single pixels, and edges of the picture's own content: a pixel that the hidden copy keeps as it is gets nothing.",
    ),
    "rise": Card(
        "RISE",
        "How the logit and what each cell shows rise and fall together, over many copies of the picture that show random "
        "soft patches of it.",
        "Broad areas well above the standard error in the settings.",
        "Anything finer than two or three cells, since each effect is smeared over its neighbours, and values near the "
        "standard error.",
    ),
    "sobol": Card(
        "Sobol indices",
        "How strongly the logit answers to fading each region out and in while all the others are faded at random, together "
        "with the direction in which it mostly goes.",
        "Regions that stand out clearly from the rest, also where SHAP gives them little: what regions do together counts "
        "for each of them.",
        "The sum of the values: they add up to the score's change only where regions do nothing together.",
    ),
    "owen": Card(
        "Owen values",
        "How much each region adds to the logit when it is shown, averaged over the orders in which neighbours of like "
        "colour come together. The values add up to the logit less the logit of the hidden picture.",
        "Regions that stand out clearly from the rest, and whether SHAP points to the same ones.",
        "That neighbours of like colour have like values where few calls were made: they then share one value by area.",
    ),
    "scorecam": Card(
        "Score-CAM",
        "How the logit rises or falls when only what one channel of a late layer answers to is shown, laid where that "
        "channel answers, and averaged over channels.",
        "Broad areas, and whether Grad-CAM points to the same ones without any masking.",
        "Fine outlines, since the grid is coarse, and that REAL has little support: most channels show a part of "
        "everything.",
    ),
    "smoothgrad": Card(
        "SmoothGrad",
        "What each pixel adds to the logit against its hidden copy, to first order: the gradient, averaged over slightly "
        "noisy copies, times the difference from what replaces hidden regions.",
        "Clusters of pixels of one colour.",
        "Single pixels, and edges of the picture's own content: gradients follow them. The other methods have another unit.",
    ),
}


def card(method: str) -> Card:
    """How to read a method; a method that is not known here gets a card that says only what holds for every one."""
    return CARDS.get(
        method,
        Card(
            method,
            "Signed evidence of each cell or region for the detector's score for FAKE.",
            "Places on which several methods agree.",
            "Details finer than the native grid.",
        ),
    )
