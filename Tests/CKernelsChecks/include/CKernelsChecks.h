#ifndef PEREGRINE_CKERNELS_CHECKS_H
#define PEREGRINE_CKERNELS_CHECKS_H
// Placeholder until the checks arrive.
#endif
