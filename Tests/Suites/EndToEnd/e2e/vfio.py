"""What a process does to have a function by vfio, as a script: its arguments are the group's node and the address."""

OPEN = r"""
import array, fcntl, os, sys
group, address = sys.argv[1:]
container, device_group = os.open("/dev/vfio/vfio", os.O_RDWR), os.open(group, os.O_RDWR)
status = bytearray([8, 0, 0, 0, 0, 0, 0, 0])
fcntl.ioctl(device_group, 0x3B67, status)               # VFIO_GROUP_GET_STATUS
assert status[4] & 1, "the group is not viable"
fcntl.ioctl(device_group, 0x3B68, array.array("i", [container]))  # VFIO_GROUP_SET_CONTAINER
fcntl.ioctl(container, 0x3B66, 3)                       # VFIO_SET_IOMMU, type 1 version 2
device = fcntl.ioctl(device_group, 0x3B6A, bytearray(address.encode() + b"\0"))  # VFIO_GROUP_GET_DEVICE_FD
"""
