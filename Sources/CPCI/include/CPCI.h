#pragma once

#include <stddef.h>
#include <stdint.h>

// libpci ends the process on an error: its error callback is variadic, must not return and so cannot be
// written in Swift. Everything that may call it lives here, behind a fence, and comes back as a status.

typedef struct {
    uint32_t domain;
    uint8_t bus;
    uint8_t device;
    uint8_t function;
} pci_scan_address;

typedef enum {
    PCI_SCAN_DONE = 0,
    // libpci gave up; `message` holds its error text.
    PCI_SCAN_ABORTED = 1,
    // The directory holds a name that libpci cannot parse; it was not asked. `message` is the name.
    PCI_SCAN_STRANGE_NAME = 2,
} pci_scan_status;

// Enumerates the PCI bus below `sysfs`, the host's spelling of `/sys/bus/pci`. `*addresses` is malloc'ed, in no order;
// the caller frees it whatever the status is. Calls from several threads take turns.
pci_scan_status pci_scan_bus_addresses(const char *sysfs, pci_scan_address **addresses, size_t *count,
                                       char *message, size_t message_size);

typedef struct pci_names pci_names;

// The names of pci.ids; NULL when memory is short. The file is read by the first lookup.
pci_names *pci_names_open(void);
void pci_names_close(pci_names *names);
// Writes a vendor's name and returns 0; -1 when pci.ids is missing or does not know it.
int pci_names_vendor(pci_names *names, uint16_t vendor, char *text, size_t size);
int pci_names_product(pci_names *names, uint16_t vendor, uint16_t product, char *text, size_t size);
