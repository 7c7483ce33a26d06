#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <linux/magic.h>
#include <sys/vfs.h>

ssize_t clinux_directory_entries(int directory, void *buffer, size_t size)
{
    return getdents64(directory, buffer, size);
}

int clinux_is_in_memory(const char *path)
{
    struct statfs system;
    return statfs(path, &system) == 0 && system.f_type == TMPFS_MAGIC;
}
