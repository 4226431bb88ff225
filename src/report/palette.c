/* Colour palettes of 256 classes. Class k of n colours has position x = (n - 1) k / 255 among them; RGB is linear between the
 * neighbours floor(x) and floor(x) + 1. "feems" is the palette of Marcus et al., eLife 10:e61927 (2021); "purple-green",
 * "red-blue" and "purples" are ColorBrewer's PRGn, RdBu and Purples (Harrower and Brewer 2003); "viridis" is van der Walt's
 * and Smith's, at nine points. */
#include <frugal/report.h>

#include <math.h>
#include <string.h>

static const fr_palette palettes[] = {
    {"feems",
     13,
     {0x994000, 0xCC5800, 0xFF8F33, 0xFFAD66, 0xFFCA99, 0xFFE6CC, 0xFBFBFB, 0xCCFDFF, 0x99F8FF, 0x66F0FF,
      0x33E4FF, 0x00AACC, 0x007A99}},
    {"purple-green",
     11,
     {0x40004B, 0x762A83, 0x9970AB, 0xC2A5CF, 0xE7D4E8, 0xF7F7F7, 0xD9F0D3, 0xA6DBA0, 0x5AAE61, 0x1B7837,
      0x00441B}},
    {"red-blue",
     11,
     {0x67001F, 0xB2182B, 0xD6604D, 0xF4A582, 0xFDDBC7, 0xF7F7F7, 0xD1E5F0, 0x92C5DE, 0x4393C3, 0x2166AC,
      0x053061}},
    {"viridis",
     9,
     {0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725}},
    {"purples",
     9,
     {0xFCFBFD, 0xEFEDF5, 0xDADAEB, 0xBCBDDC, 0x9E9AC8, 0x807DBA, 0x6A51A3, 0x54278F, 0x3F007D}},
};

const fr_palette *fr_palette_find(const char *name)
{
    for (size_t p = 0; p < sizeof palettes / sizeof palettes[0]; p++)
        if (strcmp(palettes[p].name, name) == 0) return &palettes[p];
    fr_fail(FR_EUSAGE, "no palette \"%s\"; there are feems, purple-green, red-blue, viridis and purples",
            name);
    return NULL;
}

int fr_palette_class(double value, double low, double high)
{
    double t = (value - low) / (high - low);
    if (!(t > 0)) return 0; /* also where low = high and 0/0 */
    return t >= 1 ? FR_PALETTE_CLASSES - 1 : (int)fmin(FR_PALETTE_CLASSES - 1, floor(FR_PALETTE_CLASSES * t));
}

static uint32_t blend_channel(uint32_t from, uint32_t to, int shift, double share)
{
    double a = (double)(from >> shift & 255), b = (double)(to >> shift & 255);
    return (uint32_t)lround(a + share * (b - a)) << shift;
}

uint32_t fr_palette_colour(const fr_palette *palette, int k)
{
    double position = (double)(palette->n_colours - 1) * k / (FR_PALETTE_CLASSES - 1);
    int below = (int)position;
    if (below >= palette->n_colours - 1) return palette->colours[palette->n_colours - 1];
    uint32_t from = palette->colours[below], to = palette->colours[below + 1];
    double share = position - below;
    return blend_channel(from, to, 16, share) | blend_channel(from, to, 8, share) |
           blend_channel(from, to, 0, share);
}
