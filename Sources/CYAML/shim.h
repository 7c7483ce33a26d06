#ifndef DEVICEPOOL_CYAML_H
#define DEVICEPOOL_CYAML_H
#include <yaml.h>
#endif
