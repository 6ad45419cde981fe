// What every instruction set shares about generalised advantages.
#ifndef PEREGRINE_SCALAR_ADVANTAGES_H
#define PEREGRINE_SCALAR_ADVANTAGES_H

#include "scalar.h"

// Powers of the decay: those that join neighbours at distances 1, 2, 4 and 8, and that with which
// each lane counts what follows its block.
typedef struct {
  float neighbour[4], lane[16];
} decay_powers;

PG_INLINE decay_powers powers_of(double decay) {
  decay_powers powers;
  double power = decay;
  for (int i = 15; i >= 0; i--) {
    powers.lane[i] = (float)power;
    power *= decay;
  }
  for (int step = 0; step < 4; step++) powers.neighbour[step] = powers.lane[16 - (1 << step)];
  return powers;
}

// One row token after token, in double: for sums that leave the range of float on the way. Not
// inlined, because it is rare.
static __attribute__((noinline)) void advantages_in_double(size_t n, double discount, double decay,
                                                           const float *rewards,
                                                           const float *values, float *advantages,
                                                           float *returns) {
  double following = 0, advantage = 0;
  for (size_t i = n; i-- > 0;) {
    double value = values[i];
    advantage = rewards[i] + discount * following - value + decay * advantage;
    following = value;
    advantages[i] = (float)advantage;
    returns[i] = (float)(advantage + value);
  }
}

#endif
