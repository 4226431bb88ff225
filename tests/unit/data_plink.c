/* PLINK filesets: the hand-checkable four individuals, real wolves, gzip, and every way in which a fileset can be wrong. */
#include "support.h"

#include <frugal/data.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

static const char bim[] = "1 snp1 0 101 T A\n1 snp2 0.5 102 T A\n";
static const char fam[] = "f1 i1 0 0 0 -9\nf2 i2 0 0 0 -9\nf3 i3 0 0 0 -9\nf4 i4 0 0 0 -9\nf5 i5 0 0 1 2\n";
/* Samples 1-5: 2, -1, 1, 0, 2 and 0, 0, 1, 2, -1; the padding of the second block is not zero. */
static const uint8_t bed[] = {0x6c, 0x1b, 0x01, 0xe4, 0x00, 0x2f, 0xfd};
static const int8_t expected[2][5] = {{2, -1, 1, 0, 2}, {0, 0, 1, 2, -1}};

static char *scratch(const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", scratch_folder(), name) < 0) abort();
    return path;
}

static int parse(const void *bed_bytes, size_t bed_size, const char *bim_text, const char *fam_text,
                 fr_plink *out)
{
    return fr_plink_parse("set", bed_bytes, (int64_t)bed_size, bim_text, (int64_t)strlen(bim_text), fam_text,
                          (int64_t)strlen(fam_text), out);
}

static void expect_refused(const void *bed_bytes, size_t bed_size, const char *bim_text, const char *fam_text,
                           const char *message)
{
    fr_plink plink;
    assert_int_equal(parse(bed_bytes, bed_size, bim_text, fam_text, &plink), FR_EINPUT);
    assert_string_equal(fr_last_error(), message);
    assert_null(plink.owned);
    assert_int_equal(plink.n_samples, 0);
}

static void check_small(const fr_plink *plink)
{
    assert_int_equal(plink->n_samples, 5);
    assert_int_equal(plink->n_snps, 2);
    assert_int_equal(plink->bytes_per_snp, 2);
    assert_string_equal(plink->family_id[4], "f5");
    assert_string_equal(plink->sample_id[0], "i1");
    assert_string_equal(plink->chromosome[1], "1");
    assert_string_equal(plink->snp_id[1], "snp2");
    assert_int_equal(plink->position[1], 102);
    assert_string_equal(plink->allele1[0], "T");
    assert_string_equal(plink->allele2[1], "A");
    for (int snp = 0; snp < 2; snp++) {
        int8_t dosage[5];
        fr_plink_dosages(plink, snp, dosage);
        assert_memory_equal(dosage, expected[snp], 5);
    }
}

static void decodes(void **state)
{
    (void)state;
    fr_plink plink;
    assert_int_equal(parse(bed, sizeof bed, bim, fam, &plink), FR_OK);
    check_small(&plink);
    fr_plink_close(&plink);
    fr_plink_close(&plink);
}

static void decodes_every_byte(void **state)
{
    (void)state;
    static const int8_t dosage_of_code[4] = {2, -1, 1, 0};
    uint8_t one[4] = {0x6c, 0x1b, 0x01, 0};
    for (int byte = 0; byte < 256; byte++)
        for (int n = 1; n <= 4; n++) {
            one[3] = (uint8_t)byte;
            fr_plink plink = {.n_samples = n, .n_snps = 1, .bytes_per_snp = 1, .genotypes = one + 3};
            int8_t dosage[5] = {9, 9, 9, 9, 9};
            fr_plink_dosages(&plink, 0, dosage);
            for (int k = 0; k < n; k++)
                assert_int_equal(dosage[k], dosage_of_code[byte >> 2 * k & 3]);
            assert_int_equal(dosage[n], 9);
        }
}

static void takes_tabs_windows_ends_and_blank_lines(void **state)
{
    (void)state;
    fr_plink plink;
    const char *tabs = "\xEF\xBB\xBF"
                       "1\tsnp1\t0\t101\tT\tA\r\n\r\n1\tsnp2\t0\t102\tT\tA  ";
    assert_int_equal(parse(bed, sizeof bed, tabs, fam, &plink), FR_OK);
    check_small(&plink);
    fr_plink_close(&plink);
}

static void refuses_a_bad_bed(void **state)
{
    (void)state;
    expect_refused(bed, 2, bim, fam, "set.bed: expected at least 3 bytes, found 2: the file is truncated");
    expect_refused("PK\3", 3, bim, fam,
                   "set.bed: starts with the bytes 50 4b, a PLINK 1 .bed file with 6c 1b");
    expect_refused(
        "\x6c\x1b\0....", 7, bim, fam,
        "set.bed: genotypes are stored individual by individual (an old layout); convert the fileset with "
        "'plink --bfile OLD --make-bed --out NEW'");
    expect_refused("\x6c\x1b\2....", 7, bim, fam, "set.bed: the third byte is 02, expected 01 (SNP by SNP)");
    expect_refused(bed, 6, bim, fam,
                   "set.bed: expected 7 bytes for 5 samples (.fam) and 2 SNPs (.bim), found 6: the file is "
                   "truncated, or "
                   ".bim or .fam belong to another one");
    expect_refused(
        "\x6c\x1b\1.....", 8, bim, fam,
        "set.bed: expected 7 bytes for 5 samples (.fam) and 2 SNPs (.bim), found 8: the file is too long, or "
        ".bim or .fam belong to another one");
}

static void refuses_a_bad_bim_or_fam(void **state)
{
    (void)state;
    expect_refused(bed, sizeof bed, bim, "", "set.fam: the file is empty");
    expect_refused(bed, sizeof bed, "", fam, "set.bim: the file is empty");
    expect_refused(bed, sizeof bed, " \n\n", fam, "set.bim: no SNPs, only blank lines");
    expect_refused(bed, sizeof bed, bim, "\n", "set.fam: no samples, only blank lines");
    expect_refused(bed, sizeof bed, bim, "f1 i1 0 0 0 -9\n\nf2 i2 0 0 0\n",
                   "set.fam:3: expected 6 columns (family, sample, father, mother, sex, phenotype), found 5");
    expect_refused(bed, sizeof bed, "1 snp1 0 101 T A\n1 snp2 0 102 T A x y z\n", fam,
                   "set.bim:2: expected 6 columns (chromosome, SNP id, centimorgans, position, allele 1, "
                   "allele 2), found 9");
    expect_refused(bed, sizeof bed, "1 snp1 0 10x1 T A\n1 snp2 0 102 T A\n", fam,
                   "set.bim:1: column 4: expected a position in base pairs (a whole number), found '10x1'");
    fr_plink plink;
    assert_int_equal(
        fr_plink_parse("set", bed, sizeof bed, "1 snp1 0 1\0 T A\n", 16, fam, sizeof fam - 1, &plink),
        FR_EINPUT);
    assert_string_equal(fr_last_error(), "set.bim:1: a zero byte: this is not a text file");
}

static void write_gzip(const char *path, const void *bytes, size_t size)
{
    gzFile stream = gzopen(path, "wb");
    assert_int_equal(gzwrite(stream, bytes, (unsigned)size), (int)size);
    assert_int_equal(gzclose(stream), Z_OK);
}

static void opens_plain_and_packed_parts(void **state)
{
    (void)state;
    char *prefix = scratch("plain"), *bed_path = scratch("plain.bed"), *bim_path = scratch("plain.bim");
    char *fam_path = scratch("plain.fam.gz");
    assert_int_equal(fr_file_write(bed_path, bed, sizeof bed), FR_OK);
    assert_int_equal(fr_file_write(bim_path, bim, sizeof bim - 1), FR_OK);
    write_gzip(fam_path, fam, sizeof fam - 1);
    fr_plink plink;
    assert_int_equal(fr_plink_open(prefix, &plink), FR_OK);
    check_small(&plink);
    fr_plink_close(&plink);
    assert_int_equal(fr_plink_open(bed_path, &plink), FR_OK);
    check_small(&plink);
    fr_plink_close(&plink);
    char *packed = scratch("packed.bed.gz"), *packed_bim = scratch("packed.bim"),
         *packed_fam = scratch("packed.fam");
    write_gzip(packed, bed, sizeof bed);
    write_gzip(packed_bim, bim, sizeof bim - 1); /* packed without saying so in its name */
    assert_int_equal(fr_file_write(packed_fam, fam, sizeof fam - 1), FR_OK);
    assert_int_equal(fr_plink_open(packed, &plink), FR_OK);
    check_small(&plink);
    fr_plink_close(&plink);
    assert_int_equal(fr_file_write(packed_fam, fam, 30), FR_OK); /* a bad part names its file */
    assert_int_equal(fr_plink_open(packed, &plink), FR_EINPUT);
    assert_non_null(strstr(fr_last_error(), "packed.bed.gz: expected 5 bytes for 2 samples"));
    free(prefix), free(bed_path), free(bim_path), free(fam_path), free(packed), free(packed_bim),
        free(packed_fam);
}

static void tells_the_missing_part(void **state)
{
    (void)state;
    char *prefix = scratch("absent"), *bed_path = scratch("absent.bed");
    fr_plink plink;
    assert_int_equal(fr_plink_open(prefix, &plink), FR_EIO);
    assert_non_null(strstr(fr_last_error(), "absent.bed: No such file or directory"));
    assert_int_equal(fr_file_write(bed_path, "", 0), FR_OK);
    assert_int_equal(fr_plink_open(prefix, &plink), FR_EIO);
    assert_non_null(strstr(fr_last_error(), "absent.bim: No such file or directory"));
    free(prefix), free(bed_path);
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    static const int8_t dosages[2 * 5] = {2, -1, 1, 0, 2, 0, 0, 1, 2, -1};
    char *prefix = scratch("out"), *ids[] = {"a", "b", "c", "d", "e"};
    fr_plink plink;
    for (int named = 0; named < 2; named++) {
        assert_int_equal(fr_plink_write(prefix, 5, 2, dosages, NULL, named ? ids : NULL, named ? ids : NULL),
                         FR_OK);
        assert_int_equal(fr_plink_open(prefix, &plink), FR_OK);
        assert_int_equal(plink.n_samples, 5);
        assert_int_equal(plink.n_snps, 2);
        assert_string_equal(plink.sample_id[4], named ? "e" : "sample5");
        assert_string_equal(plink.snp_id[1], named ? "b" : "snp2");
        assert_string_equal(plink.allele1[0], "A");
        assert_string_equal(plink.allele2[0], "G");
        assert_int_equal(plink.position[1], 2);
        for (int snp = 0; snp < 2; snp++) {
            int8_t dosage[5];
            fr_plink_dosages(&plink, snp, dosage);
            assert_memory_equal(dosage, expected[snp], 5);
        }
        fr_plink_close(&plink);
    }
    free(prefix);
}

static void refuses_to_write_what_it_cannot(void **state)
{
    (void)state;
    static const int8_t good[2] = {0, 1}, bad[2] = {0, 3};
    char *prefix = scratch("kept"), *missing = scratch("no/such/folder/x");
    char *spaced[] = {"a", "b c"}, *empty[] = {"a", ""};
    fr_plink plink;
    assert_int_equal(fr_plink_write(prefix, 2, 1, good, NULL, NULL, NULL), FR_OK);
    assert_int_equal(fr_plink_write(prefix, 2, 1, bad, NULL, NULL, NULL), FR_EUSAGE);
    assert_string_equal(fr_last_error(), "dosage 3 of SNP 1, sample 2 is none of 0, 1, 2, -1");
    assert_int_equal(fr_plink_write(prefix, 2, 1, good, NULL, spaced, NULL), FR_EINPUT);
    assert_string_equal(fr_last_error(),
                        "sample id 2 ('b c') is empty or holds white space, which PLINK files cannot store");
    assert_int_equal(fr_plink_write(prefix, 2, 1, good, empty, NULL, NULL), FR_EINPUT);
    assert_int_equal(fr_plink_write(prefix, 0, 1, good, NULL, NULL, NULL), FR_EUSAGE);
    assert_int_equal(fr_plink_write(missing, 2, 1, good, NULL, NULL, NULL), FR_EIO);
    assert_int_equal(fr_plink_open(prefix, &plink), FR_OK); /* the older fileset is untouched */
    fr_plink_close(&plink);
    free(prefix), free(missing);
}

static void reads_the_four_individuals(void **state)
{
    (void)state;
    /* genotypes_A1 of the reference small_cases.json, SNP by SNP */
    static const int8_t reference[6][4] = {{0, 0, 2, 1}, {1, 2, 0, 0}, {2, 1, 1, -1},
                                           {1, 1, 0, 1}, {0, 1, 1, 2}, {2, 2, 1, 0}};
    fr_plink plink;
    assert_int_equal(fr_plink_open(shared_path("data/feems/tiny4"), &plink), FR_OK);
    assert_int_equal(plink.n_samples, 4);
    assert_int_equal(plink.n_snps, 6);
    for (int snp = 0; snp < 6; snp++) {
        int8_t dosage[4];
        fr_plink_dosages(&plink, snp, dosage);
        assert_memory_equal(dosage, reference[snp], 4);
    }
    fr_plink_close(&plink);
}

static void reads_the_wolves(void **state)
{
    (void)state;
    fr_plink plink;
    assert_int_equal(fr_plink_open(shared_path("data/feems/wolvesadmix.bed"), &plink), FR_OK);
    assert_int_equal(plink.n_samples, 111);
    assert_int_equal(plink.n_snps, 17729);
    int64_t missing = 0;
    int8_t dosage[111];
    for (int64_t snp = 0; snp < plink.n_snps; snp++) {
        fr_plink_dosages(&plink, snp, dosage);
        for (int i = 0; i < 111; i++)
            missing += dosage[i] < 0;
    }
    /* The data's description gives 2.13 per cent missing. */
    double share = (double)missing / (111.0 * 17729.0);
    assert_true(share > 0.02125 && share < 0.02135);
    fr_plink_close(&plink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes),
        cmocka_unit_test(decodes_every_byte),
        cmocka_unit_test(takes_tabs_windows_ends_and_blank_lines),
        cmocka_unit_test(refuses_a_bad_bed),
        cmocka_unit_test(refuses_a_bad_bim_or_fam),
        cmocka_unit_test(opens_plain_and_packed_parts),
        cmocka_unit_test(tells_the_missing_part),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(refuses_to_write_what_it_cannot),
        cmocka_unit_test(reads_the_four_individuals),
        cmocka_unit_test(reads_the_wolves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
