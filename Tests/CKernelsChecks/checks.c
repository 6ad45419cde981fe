#include "CKernelsChecks.h"
