/* Delimited text; the first byte of the input chooses delimiter, header and comments, the others are the file. */
#include <frugal/data.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Every cell as text, number and whole number. */
static void look_up(const fr_table *table)
{
    double number;
    int64_t integer, column;
    for (int64_t row = 0; row < table->n_rows; row++)
        for (int64_t k = 0; k < table->n_columns; k++) {
            fr_table_f64(table, row, k, &number);
            fr_table_i64(table, row, k, &integer);
            if (fr_table_text(table, row, k) == NULL) __builtin_trap();
        }
    for (int64_t k = 0; table->names != NULL && k < table->n_columns; k++)
        if (fr_table_column(table, table->names[k], &column) == FR_OK && column != k) __builtin_trap();
    fr_table_column(table, "no such column", &column);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char delimiters[] = {0, ',', '\t', ';', ' '};
    if (size == 0) return 0;
    fr_table_settings settings = {.delimiter = delimiters[bytes[0] % 5],
                                  .header = (fr_header)(bytes[0] / 5 % 3),
                                  .skip_comments = bytes[0] / 15 % 2 == 0};
    fr_table table;
    if (fr_table_parse((const char *)bytes + 1, (int64_t)size - 1, "fuzz.csv", &settings, &table) != FR_OK)
        return 0;
    look_up(&table);
    fr_table_free(&table);
    return 0;
}
