// Scores against the other scores of their group.
#include "../internal/scalar_groups.h"

static int group_advantages(size_t groups, size_t size, const pg_group_settings *settings,
                            const float *scores, float *advantages) {
  return groups_one_by_one(groups, size, settings, scores, advantages);
}
