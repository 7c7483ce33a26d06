#include "CPCI.h"
