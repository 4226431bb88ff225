/* Numbers as text, independent of the locale that the program runs in. */
#ifndef FRUGAL_DATA_NUMBER_H
#define FRUGAL_DATA_NUMBER_H

#include <frugal/core.h>

enum { FR_NUMBER_ROOM = 32 };

/* A finite decimal number (12, -0.5, .5, 1e-3) that fills text[0..length) exactly, correctly rounded. Hexadecimal, inf,
 * nan and what overflows a double are not. */
bool fr_number_f64(const char *text, int64_t length, double *value);
/* A whole number; 12.0 and 1e3 are whole numbers too. */
bool fr_number_i64(const char *text, int64_t length, int64_t *value);
/* Any spelling of infinity or not-a-number, or NA. */
bool fr_number_is_special(const char *text, int64_t length);

/* The fewest digits that read back as the same double (inf, -inf, nan for the others); returns the length. */
int fr_number_format(double value, char text[FR_NUMBER_ROOM]);

#endif
