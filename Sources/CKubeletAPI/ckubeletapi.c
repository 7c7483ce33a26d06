#include "CKubeletAPI.h"
