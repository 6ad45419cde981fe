// The checks of CKernels, in C so that they also run where Swift does not (under an emulator).
#ifndef PEREGRINE_CKERNELS_CHECKS_H
#define PEREGRINE_CKERNELS_CHECKS_H

#include <stddef.h>

#include "CKernels.h"

// Number of checks, and what each one states.
size_t pgc_count(void);
const char *pgc_name(size_t index);

// Runs one check on an instruction set that the machine has. Returns 0, or 1 with the reason in
// `message` (at most `size` bytes, terminated). The set in use is put back afterwards.
int pgc_run(size_t index, pg_isa isa, char *message, size_t size);

#endif
