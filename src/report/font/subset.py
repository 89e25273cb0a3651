"""Makes the four font files beside this script from an installation of Inter.

    apt-get install fonts-inter          # 4.0~beta7, the static OpenType files
    pip install fonttools brotli
    python3 subset.py /usr/share/fonts/opentype/inter

The TTF files measure and draw text (plotters and resvg read quadratic outlines); the WOFF2
files hold the same glyphs at a third of the size and travel inside SVG files and pages.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180)]
SIGNS = [ord(sign) for sign in "€≤≥→−±…–—’‘“”·×Δ•≈"]
# A TrueType profile has these; they count hints and parts, of which there are none.
EMPTY_PROFILE = (
    "maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements maxSizeOfInstructions "
    "maxComponentElements maxPoints maxContours maxCompositePoints maxCompositeContours maxComponentDepth"
).split()


def cut(font):
    """Drops every glyph and feature that is not needed."""
    options = subset.Options(layout_features=["kern"], name_IDs=[0, 1, 2, 4, 5, 6, 13, 14], hinting=False)
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LATIN + SIGNS)
    subsetter.subset(font)


def make_quadratic(font):
    """Replaces the cubic outlines (CFF) by quadratic ones (glyf), at most one unit in 2048 off."""
    outlines = font.getGlyphSet()
    glyphs = {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    table = font["glyf"] = newTable("glyf")
    table.glyphOrder = font.getGlyphOrder()
    table.glyphs = glyphs
    for name, glyph in glyphs.items():
        glyph.recalcBounds(table)
        font["hmtx"][name] = (font["hmtx"][name][0], glyph.xMin if glyph.numberOfContours else 0)
    for table in ("CFF ", "VORG"):
        if table in font:
            del font[table]
    profile = font["maxp"]
    profile.tableVersion = 0x00010000
    profile.maxZones = 1
    for field in EMPTY_PROFILE:
        setattr(profile, field, 0)
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"


for weight in ("Regular", "Bold"):
    # The time of modification stays as it was, so that the files come out the same each time.
    font = TTFont(Path(sys.argv[1]) / f"Inter-{weight}.otf", recalcTimestamp=False)
    cut(font)
    make_quadratic(font)
    font.save(f"Inter-{weight}.ttf")
    font.flavor = "woff2"
    font.save(f"Inter-{weight}.woff2")
