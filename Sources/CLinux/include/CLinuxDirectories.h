#pragma once

#include <stddef.h>
#include <sys/types.h>

/// getdents64 on an open directory: records of struct linux_dirent64, 0 at the end.
ssize_t clinux_directory_entries(int directory, void *buffer, size_t size);

/// renameat2 that fails with EEXIST when there is something of the new name, and with EINVAL where the file system can't do
/// that.
int clinux_rename_to_new(int directory, const char *from, const char *to);
