// Plain scalar C: simple loops that define every result bit for bit.
#define PG_ISA PG_ISA_REFERENCE
#define PG_KERNELS pg_kernels_reference
#include "../reference/scalar_sums.h"
#include "../reference/products.h"
#include "../reference/narrow_products.h"
#include "../reference/rounded_products.h"
#include "../reference/elementwise.h"
#include "../reference/norm.h"
#include "../reference/attention.h"
#include "../reference/head.h"
#include "../reference/top.h"
#include "../reference/truncation.h"
#include "../reference/surrogate.h"
#include "../reference/groups.h"
#include "../reference/advantages.h"
#include "../reference/optimiser.h"
#include "../internal/fill_table.h"
