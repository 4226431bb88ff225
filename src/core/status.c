/* Status messages: one sentence per thread, recorded by the function that fails. */
#include <frugal/core.h>

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char last_message[1024];

int fr_fail(int status, const char *format, ...)
{
    char message[sizeof last_message]; /* apart, so that the old message may be among the arguments */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    snprintf(last_message, sizeof last_message, "%s", message);
    return status;
}

const char *fr_last_error(void)
{
    return last_message;
}
