#define _GNU_SOURCE
#include "CLinux.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>

ssize_t clinux_directory_entries(int directory, void *buffer, size_t size)
{
    return getdents64(directory, buffer, size);
}

int clinux_rename_to_new(int directory, const char *from, const char *to)
{
    return renameat2(directory, from, directory, to, RENAME_NOREPLACE);
}
