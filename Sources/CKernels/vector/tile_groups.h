// A group of tiles of A, copied into the second cache, that passes over B a few columns after the
// other, which stay there until each tile has met them. Meanwhile it asks for what is copied next, so
// that copying never waits for memory.

// Tiles of A that are copied at once, and elements of B that pass them at a time.
#define PG_GROUP (72 / PG_TILE_ROWS)
#define PG_PASSING (64 * PG_BLOCK_K)

typedef struct {
  size_t heights[PG_GROUP], tiles, rows;
} tile_group;

// The first tiles of m rows.
PG_INLINE tile_group next_group(size_t m) {
  tile_group g = {.tiles = 0, .rows = 0};
  while (g.tiles < PG_GROUP && g.rows < m) {
    g.heights[g.tiles] = next_height(m - g.rows);
    g.rows += g.heights[g.tiles++];
  }
  return g;
}

// Whole panels of B that pass a group at a time, the more the shorter k, and a tile's part of them.
PG_INLINE size_t passing_panels(size_t k) { return PG_PASSING / PG_PANEL / (k == 0 ? 1 : k); }
PG_INLINE size_t passing_tiles(size_t k) {
  return passing_panels(k) * (PG_PANEL / PG_LANES) / PG_TILE_VECTORS(PG_TILE_ROWS);
}

// Memory that is read after a group's product: sweep s of tiles asks for it from s * sweep on, at the
// distances that a product has.
typedef struct {
  const float *from;
  size_t sweeps, sweep, tile, step, asked;
} upcoming;

// `rows` rows of k floats: each tile asks for one.
PG_INLINE upcoming upcoming_rows(const float *from, size_t rows, size_t row, size_t k) {
  const size_t tiles = passing_tiles(k);
  return (upcoming){.from = from,
                    .sweeps = (rows + tiles - 1) / tiles,
                    .sweep = tiles * row,
                    .tile = row,
                    .step = PG_COPIED_STEPS};
}

// `columns` columns of k rows: each sweep asks for one cache line of all rows.
PG_INLINE upcoming upcoming_columns(const float *from, size_t columns, size_t row, size_t k) {
  const size_t tiles = passing_tiles(k);
  return (upcoming){.from = from,
                    .sweeps = (columns + 2 * PG_LANES - 2) / PG_LANES,
                    .sweep = PG_LANES,
                    .tile = (k + tiles - 1) / tiles * row,
                    .step = row};
}

// What the next sweep asks for: of `next`, then of `afterwards`.
PG_INLINE void ask(product *p, upcoming *next, upcoming *afterwards) {
  upcoming *u = next->sweeps > 0 ? next : afterwards;
  p->later = NULL;
  if (u->sweeps == 0) return;
  p->later = u->from;
  p->later_first = u->asked;
  p->later_tile = u->tile;
  p->later_step = u->step;
  u->sweeps--;
  u->asked += u->sweep;
}

// A group's product, its tiles of A `tile_count` apart.
PG_INLINE void product_of_group(const tile_group *g, size_t tile_count,
                                product_tile *const *of_height, product p, upcoming next,
                                upcoming *afterwards) {
  const size_t panels = passing_panels(p.k);
  for (size_t left = p.columns; left > 0; left -= p.columns) {
    p.columns = smaller(left, panels * PG_PANEL);
    product part = p;
    for (size_t t = 0; t < g->tiles; t++) {
      ask(&part, &next, afterwards);
      of_height[g->heights[t]](&part);
      part.a += tile_count;
      part.c += g->heights[t] * p.ldc;
    }
    p.b += panels * p.pair;
    p.c += p.columns;
    if (p.bias) p.bias += p.columns;
  }
}
