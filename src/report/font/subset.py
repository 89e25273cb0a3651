"""Makes the font files beside this script from an installation of Inter.

    apt-get install fonts-inter          # 4.0~beta7, the static OpenType files
    pip install fonttools brotli
    python3 subset.py /usr/share/fonts/opentype/inter

The TTF files measure and draw text (plotters and resvg read quadratic outlines). They hold all letters of Latin, Greek and
Cyrillic and all currency signs that Inter has. The WOFF2 files travel inside SVG files and pages at a third of the size: one
for the letters that nearly every chart makes do with, and one for each group of others, which goes along where it is
needed. `coverage.txt` lists the letters of each.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

LATIN = {*range(0x20, 0x7F), *range(0xA0, 0x180), *(ord(sign) for sign in "€≤≥→−±…–—’‘“”·×Δ•≈")}
# What goes along where a text needs it.
MORE = {
    # Extended-B and Additional (Romanian, Vietnamese), two letters of Azerbaijani and Kazakh, modifiers and marks.
    "Latin": [*range(0x180, 0x250), 0x259, 0x275, *range(0x2B0, 0x370), *range(0x1E00, 0x1F00)],
    "Greek": [*range(0x370, 0x400), *range(0x1F00, 0x2000)],
    "Cyrillic": range(0x400, 0x530),
    # Baht, punctuation, raised and lowered figures, currencies, letterlike signs, arrows, operators.
    "Signs": [0xE3F, *range(0x2000, 0x2300), 0xFFFD],
}
# A TrueType profile has these; they count hints and parts, of which there are none.
EMPTY_PROFILE = (
    "maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements maxSizeOfInstructions "
    "maxComponentElements maxPoints maxContours maxCompositePoints maxCompositeContours maxComponentDepth"
).split()


def cut(font, letters):
    """Drops every glyph and feature that is not needed."""
    options = subset.Options(layout_features=["kern"], name_IDs=[0, 1, 2, 4, 5, 6, 13, 14], hinting=False)
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=letters)
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


def made(weight, letters):
    # The time of modification stays as it was, so that the files come out the same each time.
    font = TTFont(Path(sys.argv[1]) / f"Inter-{weight}.otf", recalcTimestamp=False)
    cut(font, letters)
    make_quadratic(font)
    return font


def ranges(font):
    """The letters that a font has, as `20-7e a0-17f`."""
    found = []
    for letter in sorted(font.getBestCmap()):
        if found and found[-1][1] == letter - 1:
            found[-1][1] = letter
        else:
            found.append([letter, letter])
    return " ".join(f"{first:x}-{last:x}" for first, last in found)


coverage = {}
for weight in ("Regular", "Bold"):
    made(weight, LATIN.union(*MORE.values())).save(f"Inter-{weight}.ttf")
    groups = {"": LATIN} | {f"-{group}": {*MORE[group]} - LATIN for group in MORE}
    for group, letters in groups.items():
        font = made(weight, letters)
        # Both weights have the same letters.
        assert coverage.setdefault(group, ranges(font)) == ranges(font)
        font.flavor = "woff2"
        font.save(f"Inter-{weight}{group}.woff2")
lines = [f"{group.strip('-') or 'Basic'} {letters}\n" for group, letters in coverage.items()]
Path("coverage.txt").write_text("".join(lines))
