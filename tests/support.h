/* What the tests share: where the real inputs and the reference values lie, JSON reference files, relative closeness. */
#ifndef FRUGAL_TESTS_SUPPORT_H
#define FRUGAL_TESTS_SUPPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/* Path of `name` (such as "data/feems/tiny4.bed") in the folder named by FRUGAL_DATA, by default ../shared beside the
 * checkout. Where the folder is absent the running test is skipped; with CI=true it fails. The result lives until the
 * end of the program. */
const char *shared_path(const char *name);

/* A fresh temporary folder for the running program, removed at exit. */
const char *scratch_folder(void);

/* Fails the test unless |got - expected| <= tolerance * max(1e-300, |expected|). */
void assert_close(double got, double expected, double relative_tolerance);

#endif
