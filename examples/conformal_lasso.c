/* Prediction sets through the library: reads training points (features, and the response in the last column) and test points (features)
 * from two tables, and prints for each test point the set that trimmed conformal prediction with the lasso gives, a piece a line:
 * test point, lower end, upper end. Build it against the installed library with
 *   cc conformal_lasso.c $(pkg-config --cflags --libs frugal) -o conformal_lasso
 */
#include <frugal/frugal.h>

#include <stdio.h>
#include <stdlib.h>

/* A row-major matrix from a CSV or TSV file of numbers, packed or not. */
static int read_matrix(const char *path, double **values, int64_t *rows, int64_t *columns)
{
    fr_table table = {0};
    int64_t count;
    int status = fr_table_read(path, NULL, &table);
    if (status != FR_OK) return status;
    *rows = table.n_rows;
    *columns = table.n_columns;
    status = fr_size_mul(*rows, *columns, &count);
    if (status == FR_OK && (*values = fr_alloc(count, sizeof **values)) == NULL) status = FR_ENOMEM;
    for (int64_t i = 0; status == FR_OK && i < *rows; i++)
        for (int64_t j = 0; status == FR_OK && j < *columns; j++)
            status = fr_table_f64(&table, i, j, &(*values)[i * *columns + j]);
    fr_table_free(&table);
    return status;
}

/* Features and response of the training points apart; x keeps the features. */
static double *take_response(int64_t n, int64_t p, double *x)
{
    double *y = fr_alloc(n, sizeof *y);
    for (int64_t i = 0; y != NULL && i < n; i++) {
        for (int64_t j = 0; j < p; j++)
            x[i * p + j] = x[i * (p + 1) + j];
        y[i] = x[i * (p + 1) + p];
    }
    return y;
}

static int predict(const fr_conformal_data *data, double alpha)
{
    fr_conformal_tcp_settings settings;
    fr_conformal_result sets;
    fr_conformal_tcp_settings_default(&settings);
    settings.alphas = &alpha;
    settings.n_alphas = 1;
    settings.intercept = true;
    int status = fr_conformal_tcp(data, &settings, &sets);
    if (status != FR_OK) return status;
    fprintf(stderr, "each set holds the response with probability at least %.4g; %.3g ms for a test point\n",
            sets.guarantee[0], 1e3 * (sets.seconds - sets.fit_seconds) / (double)sets.m);
    for (int64_t t = 0; t < sets.m; t++)
        for (int64_t k = sets.first[t]; k < sets.first[t + 1]; k++)
            printf("%lld %.10g %.10g\n", (long long)t, sets.pieces[k].lower, sets.pieces[k].upper);
    fr_conformal_result_free(&sets);
    return FR_OK;
}

int main(int argc, char **argv)
{
    double *train = NULL, *test = NULL, *y = NULL;
    int64_t n, columns, m, p;
    if (argc < 4) {
        fputs("usage: conformal_lasso TRAIN.csv TEST.csv ALPHA\n", stderr);
        return 2;
    }
    int status = read_matrix(argv[1], &train, &n, &columns);
    if (status == FR_OK) status = read_matrix(argv[2], &test, &m, &p);
    if (status == FR_OK && columns != p + 1)
        status = fr_fail(FR_EINPUT, "%s must have one column more than %s: the response", argv[1], argv[2]);
    if (status == FR_OK && (y = take_response(n, p, train)) == NULL) status = FR_ENOMEM;
    if (status == FR_OK) status = predict(&(fr_conformal_data){n, p, m, train, y, test}, atof(argv[3]));
    if (status != FR_OK) fprintf(stderr, "conformal_lasso: %s\n", fr_last_error());
    fr_free(train);
    fr_free(test);
    fr_free(y);
    return status == FR_OK ? 0 : 1;
}
