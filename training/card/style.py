"""How every picture of the model card looks, and how it is written: small, and the same bytes from the same run."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

# Okabe & Ito, "Color universal design", 2008: told apart with every common kind of colour vision.
BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, BLACK = "#56B4E9", "#CC79A7", "#000000"
SERIES = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)
GREY, PALE = "#6B6B6B", "#ECECEC"
DOTS_PER_INCH = 144
PALETTES = (256, 128, 64, 32, 16)  # colours kept in a file: the most that fit
LARGEST_FILE = 60_000  # bytes
LONGEST_NAME = 26  # characters of a name from the data

STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same letters on every machine
    "font.size": 10,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": PALE,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
}


@dataclass(frozen=True)
class Picture:
    """A picture on disk. `alternative` says in words what it shows, for those who can't see it."""

    path: Path
    title: str
    alternative: str


@contextmanager
def figure(width: float, height: float) -> Iterator[Figure]:
    """A figure in the house style, in inches, free of any state that other code may have left in matplotlib."""
    defaults = {**matplotlib.rcParamsDefault, "backend": "agg"}
    settings: Any = {key: value for key, value in defaults.items() if key in STYLE or key == "backend"} | STYLE
    with matplotlib.rc_context(settings):
        yield Figure(figsize=(width, height), dpi=DOTS_PER_INCH)


def save(drawing: Figure, path: Path) -> Path:
    """Write a PNG of at most LARGEST_FILE bytes, without a time stamp."""
    canvas: Any = FigureCanvasAgg(drawing)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a name in a script that the font lacks
        canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    for colours in PALETTES:
        content = io.BytesIO()
        small = image.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        small.save(content, "PNG", optimize=True)
        if content.tell() <= LARGEST_FILE:
            break
    path.write_bytes(content.getvalue())
    return path


def short(name: str) -> str:
    """A name from the data, cut to fit, and safe from matplotlib, which takes $ for mathematics."""
    cut = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
    return cut.replace("$", r"\$")


def class_colours(classes: int, class_of_interest: int) -> list[str]:
    """A colour a class: vermillion for the class of interest of two, else in turn."""
    if classes == 2:
        return [VERMILLION if label == class_of_interest else BLUE for label in range(2)]
    return [SERIES[label % len(SERIES)] for label in range(classes)]


def line_style(label: int) -> str:
    """Changes when the colours start again, so that ten classes are still told apart."""
    return ("-", "--", ":")[label // len(SERIES) % 3]


def percent_axes(axes: Axes, *, x: bool = True, y: bool = True) -> None:
    """Label shares as percentages."""
    for wanted, axis in ((x, axes.xaxis), (y, axes.yaxis)):
        if wanted:
            axis.set_major_formatter(lambda share, _: f"{share * 100:g} %")


def diagonal_text(axes: Axes, start: float, text: str) -> None:
    """Write along and below the diagonal from (start, start)."""
    style: dict[str, Any] = {
        "color": GREY,
        "fontsize": 9,
        "rotation": 45,
        "rotation_mode": "anchor",
        "transform_rotates_text": True,
    }
    axes.text(start, start - 0.008, text, va="top", **style)
