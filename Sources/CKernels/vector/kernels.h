// Every vector kernel, once per instruction set: the including file sets
//   PG_ISA, PG_KERNELS        which set this is, and the name of its table
//   PG_TILE_ROWS              most rows of a product's tile, 6 or 14
//   PG_TILE_VECTORS(rows)     vectors of PG_LANES columns beside so many rows
//   PG_ADDS_PAIRS(sum, a, b)  where there is one, the instruction that adds products of 16 bits by
//                             twos, of pair_words
#define PG_PAIRS(name) name
#define PG_FOURS(name) name
#include "tile.h"
#include "tile_groups.h"
#include "products.h"
#include "outer_products.h"
#include "narrow_products.h"
#include "bfloat16_pairs.h"
#include "int8_fours.h"
#include "elementwise.h"
#include "norm.h"
#include "attention.h"
#include "attention_backward.h"
#include "head.h"
#include "top.h"
#include "truncation.h"
#include "surrogate.h"
#include "groups.h"
#include "advantages.h"
#include "optimiser.h"
#include "../internal/fill_table.h"
