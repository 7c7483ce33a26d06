// The floor of discovery: reads what the inventory reads of every PCI function, once each, and makes nothing of it.
//
//     cc -O2 -o floor floor.c && ./floor ROOT [PASSES]
//
// ROOT is a host root (/ or a generated one). Prints the functions and the fastest pass's microseconds of processor
// time, which other work on the machine moves least.
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char buffer[4096];
static unsigned long sum;

static ssize_t attribute(int directory, const char *name)
{
    int file = openat(directory, name, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    ssize_t count = read(file, buffer, sizeof buffer);
    close(file);
    sum += count > 0 ? (unsigned char)buffer[0] : 0;
    return count;
}

static ssize_t target(int directory, const char *name)
{
    ssize_t count = readlinkat(directory, name, buffer, sizeof buffer);
    sum += count > 0 ? (unsigned char)buffer[count - 1] : 0;
    return count;
}

static void listing(int parent, const char *name)
{
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = directory < 0 ? NULL : fdopendir(directory);
    if (!stream)
        return;
    for (struct dirent *entry; (entry = readdir(stream));)
        sum += (unsigned char)entry->d_name[0];
    closedir(stream);
}

// Vendor, device and class decide whether the rest is read.
static int is_device(void)
{
    return strncmp(buffer + 44, "02", 2) == 0 || strncmp(buffer + 44, "12", 2) == 0;
}

static int function(int devices, const char *name)
{
    int directory = openat(devices, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return 0;
    if (attribute(directory, "modalias") < 53 || !is_device()) {
        close(directory);
        return 0;
    }
    target(devices, name);
    DIR *stream = fdopendir(directory);
    int has_group = 0, has_net = 0;
    for (struct dirent *entry; (entry = readdir(stream));) {
        const char *one = entry->d_name;
        has_group |= !strcmp(one, "iommu_group");
        has_net |= !strcmp(one, "net");
        if (!strcmp(one, "driver") || !strcmp(one, "physfn") || !strcmp(one, "iommu_group") || !strncmp(one, "virtfn", 6))
            target(directory, one);
        else if (!strcmp(one, "numa_node") || !strcmp(one, "acpi_index") || !strcmp(one, "sriov_totalvfs")
            || !strcmp(one, "sriov_numvfs"))
            attribute(directory, one);
        else if (!strcmp(one, "net") || !strcmp(one, "uio") || !strcmp(one, "infiniband"))
            listing(directory, one);
    }
    // The name tells a group that vfio made up; only what has no netdev may have one.
    if (has_group && !has_net)
        attribute(directory, "iommu_group/name");
    closedir(stream);
    return 1;
}

int main(int count, char **arguments)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/sys/bus/pci/devices", count > 1 ? arguments[1] : "");
    long fastest = -1;
    int functions = 0;
    for (int pass = count > 2 ? atoi(arguments[2]) : 9; pass > 0; pass--) {
        struct timespec start, end;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
        DIR *devices = opendir(path);
        if (!devices) {
            perror(path);
            return 1;
        }
        functions = 0;
        for (struct dirent *entry; (entry = readdir(devices));)
            if (entry->d_name[0] != '.')
                functions += function(dirfd(devices), entry->d_name);
        closedir(devices);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
        long micros = (end.tv_sec - start.tv_sec) * 1000000 + (end.tv_nsec - start.tv_nsec) / 1000;
        if (fastest < 0 || micros < fastest)
            fastest = micros;
    }
    printf("%d functions, %ld us (%lu)\n", functions, fastest, sum & 1);
    return 0;
}
