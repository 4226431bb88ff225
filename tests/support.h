/* What the tests share: where the real inputs and the reference values lie, a scratch folder, relative closeness, what the
 * library told its observer. */
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

/* Path of `name` in the scratch folder; lives until the end of the program. */
const char *scratch_file(const char *name);

/* Fails the test unless |got - expected| <= tolerance * max(1e-300, |expected|). */
void assert_close(double got, double expected, double relative_tolerance);

/* Fails the test unless |got - expected| <= tolerance. */
void assert_near(double got, double expected, double absolute_tolerance);

/* Fails the test with the library's message unless `status` is FR_OK. */
void assert_ok(int status);

/* Fails the test unless `status` is `expected` and the library's message contains `part`. */
void assert_refused(int status, int expected, const char *part);

/* Installs an observer that keeps the last warning and counts them; forgets earlier ones. */
void watch_warnings(void);
const char *last_warning(void); /* "" if there was none */
int warnings_seen(void);

#endif
