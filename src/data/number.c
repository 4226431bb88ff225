/* Decimal text to double and back. Short numbers are converted exactly by one multiplication or division of two doubles
 * that are themselves exact (W. D. Clinger, How to read floating point numbers accurately, PLDI 1990); the rest, and all
 * output, goes through the C library in the "C" locale. */
#include "number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct {
    bool negative, exact; /* exact: all digits are in `digits` */
    uint64_t digits;
    int64_t exponent; /* value = digits * 10^exponent */
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void add_digit(decimal *number, char c, bool fraction)
{
    if (number->digits > (UINT64_MAX - 9) / 10) {
        number->exact = false;
        return;
    }
    number->digits = 10 * number->digits + (uint64_t)(c - '0');
    if (fraction) number->exponent--;
}

/* [+-] digits [. digits] [(e|E) [+-] digits], nothing before or after. */
static bool scan_decimal(const char *text, int64_t length, decimal *number)
{
    *number = (decimal){.exact = true};
    int64_t i = 0, n_digits = 0, power = 0;
    if (i < length && (text[i] == '+' || text[i] == '-')) number->negative = text[i++] == '-';
    for (; i < length && is_digit(text[i]); i++, n_digits++)
        add_digit(number, text[i], false);
    if (i < length && text[i] == '.')
        for (i++; i < length && is_digit(text[i]); i++, n_digits++)
            add_digit(number, text[i], true);
    if (n_digits == 0) return false;
    if (i < length && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        bool down = false;
        if (i < length && (text[i] == '+' || text[i] == '-')) down = text[i++] == '-';
        int64_t start = i;
        for (; i < length && is_digit(text[i]); i++)
            if (power < 100000000) power = 10 * power + (text[i] - '0');
        if (i == start) return false;
        number->exponent += down ? -power : power;
    }
    return i == length;
}

/* Through strtod in the "C" locale. */
static double convert_slowly(const char *text, int64_t length)
{
    char small[128];
    char *copy = length < (int64_t)sizeof small ? small : fr_alloc(length + 1, 1);
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double value = NAN;
    if (copy != NULL && plain != (locale_t)0) {
        memcpy(copy, text, (size_t)length);
        copy[length] = '\0';
        value = strtod_l(copy, NULL, plain);
    }
    if (plain != (locale_t)0) freelocale(plain);
    if (copy != small) fr_free(copy);
    return value;
}

bool fr_number_f64(const char *text, int64_t length, double *value)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    decimal number;
    if (!scan_decimal(text, length, &number)) return false;
    double found;
    if (number.exact && number.digits <= (UINT64_C(1) << 53) && number.exponent >= -22 &&
        number.exponent <= 22) {
        found = (double)number.digits;
        if (number.exponent < 0)
            found /= power[-number.exponent];
        else
            found *= power[number.exponent];
        if (number.negative) found = -found;
    } else {
        found = convert_slowly(text, length);
    }
    if (!isfinite(found)) return false;
    *value = found;
    return true;
}

bool fr_number_i64(const char *text, int64_t length, int64_t *value)
{
    decimal number;
    if (!scan_decimal(text, length, &number)) return false;
    if (number.exact && number.exponent == 0 && number.digits <= INT64_MAX) {
        *value = number.negative ? -(int64_t)number.digits : (int64_t)number.digits;
        return true;
    }
    double found;
    if (!fr_number_f64(text, length, &found) || fabs(found) > 9007199254740992.0 || found != floor(found))
        return false;
    *value = (int64_t)found;
    return true;
}

bool fr_number_is_special(const char *text, int64_t length)
{
    static const char *const words[] = {"inf", "infinity", "nan", "na"};
    if (length > 0 && (*text == '+' || *text == '-')) text++, length--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((int64_t)strlen(words[i]) == length && strncasecmp(text, words[i], (size_t)length) == 0)
            return true;
    return false;
}

/* snprintf with a decimal point whatever the program's locale is: the point is the only thing that differs. */
static int print_plainly(double value, int digits, char text[FR_NUMBER_ROOM])
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = plain != (locale_t)0 ? uselocale(plain) : (locale_t)0;
    int length = snprintf(text, FR_NUMBER_ROOM, "%.*g", digits, value);
    if (plain != (locale_t)0) {
        uselocale(before);
        freelocale(plain);
    }
    return length;
}

int fr_number_format(double value, char text[FR_NUMBER_ROOM])
{
    if (isnan(value)) return snprintf(text, FR_NUMBER_ROOM, "nan");
    if (isinf(value)) return snprintf(text, FR_NUMBER_ROOM, value < 0 ? "-inf" : "inf");
    if (fabs(value) < 1e15 && value == floor(value) && (value != 0 || !signbit(value)))
        return snprintf(text, FR_NUMBER_ROOM, "%lld", (long long)value);
    /* Every decimal of 15 digits survives the way to a double and back, so trying starts there; numbers below DBL_MIN
     * have fewer bits and may need fewer digits. */
    int digits = fabs(value) < DBL_MIN ? 1 : 15;
    for (;; digits++) {
        int length = print_plainly(value, digits, text);
        double back = 0;
        if (digits == 17 || (fr_number_f64(text, length, &back) && back == value)) return length;
    }
}
