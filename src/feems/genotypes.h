/* One SNP at a time, from packed genotypes to mean dosages per node. */
#ifndef FRUGAL_FEEMS_GENOTYPES_H
#define FRUGAL_FEEMS_GENOTYPES_H

#include <frugal/feems.h>

typedef enum { SNP_USED, SNP_NO_CALL, SNP_MANY_MISSING, SNP_RARE, SNP_INVARIANT } feems_snp;

/* What is needed to do so; all but observed_of is borrowed. */
typedef struct {
    const fr_plink *plink;
    int64_t n_samples;     /* used individuals */
    const int64_t *sample; /* n_samples: number in the fileset */
    int64_t *observed_of;  /* n_samples: index of the node among the observed */
    int64_t n_observed;
    const int64_t *n_at; /* n_observed */
    double maf, max_missing;
    bool other_allele;   /* count allele 2 instead of allele 1 */
    bool keep_invariant; /* use SNPs of one allele too */
} feems_genotypes;

/* Without filters; free with feems_genotypes_free. */
int feems_genotypes_new(const fr_feems_data *data, const fr_plink *plink, feems_genotypes *out);
void feems_genotypes_free(feems_genotypes *given);

/* Mean dosage at each observed node (n_observed; missing genotypes take the SNP's mean over all used individuals) unless the
 * SNP is dropped. dosage: scratch of plink->n_samples. *missing counts the missing genotypes. */
feems_snp feems_node_dosages(const feems_genotypes *given, int64_t snp, int8_t *dosage, double *mean,
                             int64_t *missing);

#endif
