#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>

ssize_t clinux_directory_entries(int directory, void *buffer, size_t size)
{
    return getdents64(directory, buffer, size);
}
