#include "CPCI.h"

#include <dirent.h>
#include <pci/pci.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// libpci's callbacks carry no context, so there is one fence, and one caller at a time behind it.
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

struct fence {
    jmp_buf jump;
    char *message;
    size_t size;
};
static struct fence *fence;

static void __attribute__((noreturn, format(printf, 1, 2))) jump_out(char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fence->message, fence->size, format, arguments);
    va_end(arguments);
    longjmp(fence->jump, 1);
}

static void __attribute__((format(printf, 1, 2))) stay_silent(char *format, ...)
{
    (void)format;
}

// Passes over so many lower-case hex digits; NULL where there are fewer.
static const char *past_digits(const char *text, size_t least, size_t most)
{
    size_t count = strspn(text, "0123456789abcdef");
    return count >= least && count <= most ? text + count : NULL;
}

// Says whether the kernel would print this address: 0000:3b:02.0, the domain below 80000000, as libpci's is an int.
static int is_plain(const char *name)
{
    const char *bus = past_digits(name, 4, 8);
    if (!bus || *bus != ':' || (bus - name == 8 && name[0] > '7'))
        return 0;
    const char *device = past_digits(bus + 1, 2, 2);
    if (!device || *device != ':')
        return 0;
    const char *function = past_digits(device + 1, 2, 2);
    return function && device[1] <= '1' && function[0] == '.' && function[1] >= '0' && function[1] <= '7' && !function[2];
}

// Says whether libpci can parse every name. On one that it can't parse, libpci calls `error`, and the jump from there
// would leave libpci's directory stream open. So libpci never gets such a directory.
static int names_are_plain(const char *sysfs, char *message, size_t size)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/devices", sysfs) >= (int)sizeof path)
        return 1;
    DIR *directory = opendir(path);
    if (!directory)
        return 1;
    int plain = 1;
    for (struct dirent *entry; plain && (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        plain = is_plain(entry->d_name);
        if (!plain)
            snprintf(message, size, "%s", entry->d_name);
    }
    closedir(directory);
    return plain;
}

static pci_scan_address *copy(struct pci_access *access, size_t *count)
{
    size_t n = 0;
    for (struct pci_dev *device = access->devices; device; device = device->next)
        n++;
    pci_scan_address *list = calloc(n ? n : 1, sizeof *list);
    if (!list)
        return NULL;
    *count = 0;
    for (struct pci_dev *device = access->devices; device; device = device->next)
        list[(*count)++] = (pci_scan_address){
            .domain = (uint32_t)device->domain, .bus = device->bus, .device = device->dev, .function = device->func};
    return list;
}

static pci_scan_status scan(const char *sysfs, pci_scan_address **addresses, size_t *count,
                            char *message, size_t size)
{
    struct fence here = {.message = message, .size = size};
    struct pci_access *volatile access = pci_alloc();
    if (!access) {
        snprintf(message, size, "out of memory");
        return PCI_SCAN_ABORTED;
    }
    access->error = jump_out;
    access->warning = stay_silent;
    access->method = PCI_ACCESS_SYS_BUS_PCI;
    fence = &here;
    pci_scan_status status = PCI_SCAN_ABORTED;
    if (setjmp(here.jump) == 0) {
        // libpci takes the parameter as char *, and copies it.
        pci_set_param(access, "sysfs.path", (char *)sysfs);
        pci_init(access);
        pci_scan_bus(access);
        *addresses = copy(access, count);
        if (*addresses)
            status = PCI_SCAN_DONE;
        else
            snprintf(message, size, "out of memory");
    }
    // Closing does not report errors, so it needs no fence of its own.
    pci_cleanup(access);
    fence = NULL;
    return status;
}

pci_scan_status pci_scan_bus_addresses(const char *sysfs, pci_scan_address **addresses, size_t *count,
                                       char *message, size_t message_size)
{
    *addresses = NULL;
    *count = 0;
    message[0] = 0;
    if (!names_are_plain(sysfs, message, message_size))
        return PCI_SCAN_STRANGE_NAME;
    pthread_mutex_lock(&turn);
    pci_scan_status status = scan(sysfs, addresses, count, message, message_size);
    pthread_mutex_unlock(&turn);
    return status;
}

struct pci_names {
    struct pci_access *access;
};

pci_names *pci_names_open(void)
{
    pci_names *names = malloc(sizeof *names);
    if (!names)
        return NULL;
    names->access = pci_alloc();
    if (!names->access) {
        free(names);
        return NULL;
    }
    names->access->error = jump_out;
    names->access->warning = stay_silent;
    // A look-up calls this without asking; pci_init, which needs a bus, would have set it.
    names->access->debug = stay_silent;
    // No cache of names from the network in the user's home.
    names->access->id_lookup_mode = 0;
    return names;
}

void pci_names_close(pci_names *names)
{
    pthread_mutex_lock(&turn);
    pci_cleanup(names->access);
    pthread_mutex_unlock(&turn);
    free(names);
}

static int look_up(pci_names *names, int what, uint16_t vendor, uint16_t product, char *text, size_t size)
{
    char message[128];
    struct fence here = {.message = message, .size = sizeof message};
    int result = -1;
    pthread_mutex_lock(&turn);
    fence = &here;
    if (setjmp(here.jump) == 0) {
        // NO_NUMBERS: an unknown id gives NULL rather than its digits. Neither network nor hardware database is asked.
        int flags = what | PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB;
        char *name = pci_lookup_name(names->access, text, (int)size, flags, vendor, product);
        result = name ? 0 : -1;
    }
    fence = NULL;
    pthread_mutex_unlock(&turn);
    return result;
}

int pci_names_vendor(pci_names *names, uint16_t vendor, char *text, size_t size)
{
    return look_up(names, PCI_LOOKUP_VENDOR, vendor, 0, text, size);
}

int pci_names_product(pci_names *names, uint16_t vendor, uint16_t product, char *text, size_t size)
{
    return look_up(names, PCI_LOOKUP_DEVICE, vendor, product, text, size);
}
