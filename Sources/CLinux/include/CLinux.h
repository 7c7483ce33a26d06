#pragma once

// Calls that Swift's Glibc module does not see, because it is built without _GNU_SOURCE or because they are
// macros or packed structs. Errors are reported as in the calls themselves: -1 and errno.

#include "CLinuxDenied.h"
#include "CLinuxDirectories.h"
#include "CLinuxMemory.h"
#include "CLinuxNamespaces.h"
#include "CLinuxSignals.h"
#include "CLinuxSockets.h"
