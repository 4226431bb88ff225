/* NumPy arrays, and their conversion to row-major doubles. */
#include <frugal/data.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    fr_array array;
    double *values;
    if (fr_npy_parse(bytes, (int64_t)size, "fuzz.npy", &array) != FR_OK) return 0;
    if (fr_array_to_f64(&array, &values) == FR_OK) fr_free(values);
    fr_array_free(&array);
    return 0;
}
