// Runs every check of CKernels on every instruction set of this machine.
#include <stdio.h>

#include "CKernelsChecks.h"

int main(void) {
  int failures = 0;
  for (int isa = PG_ISA_REFERENCE; isa <= PG_ISA_LAST; isa++) {
    if (!pg_isa_available((pg_isa)isa)) continue;
    for (size_t i = 0; i < pgc_count(); i++) {
      char message[512] = "";
      if (pgc_run(i, (pg_isa)isa, message, sizeof message) == 0) continue;
      printf("%s: %s: %s\n", pg_isa_name((pg_isa)isa), pgc_name(i), message);
      failures++;
    }
    printf("%s: %zu checks done\n", pg_isa_name((pg_isa)isa), pgc_count());
  }
  return failures > 0;
}
