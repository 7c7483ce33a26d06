#include "CGRPC.h"
