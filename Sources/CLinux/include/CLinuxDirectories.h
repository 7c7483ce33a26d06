#pragma once

#include <stddef.h>
#include <sys/types.h>

/// getdents64 on an open directory: records of struct linux_dirent64, 0 at the end.
ssize_t clinux_directory_entries(int directory, void *buffer, size_t size);

/// 1 when the directory is on a tmpfs.
int clinux_is_in_memory(const char *path);
