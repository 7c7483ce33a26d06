# Soft RDMA on a PCI function becomes that function's child, as a real adapter's is: the kernel then shows it as
# /sys/bus/pci/devices/<address>/infiniband/<name>. A netdev without a parent device keeps the usual place.
/^[[:space:]]*err = ib_register_device(dev, ibdev_name, NULL);/i\
	dev->dev.parent = ndev->dev.parent;
