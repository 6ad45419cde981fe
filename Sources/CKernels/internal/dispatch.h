// The table in use.
#ifndef PEREGRINE_DISPATCH_H
#define PEREGRINE_DISPATCH_H

#include "kernel_table.h"

const pg_kernels *pg_current_kernels(void);

#endif
