// SPDX-License-Identifier: GPL-2.0
/*
 * A stand-in for ubcore's network namespace interface, for tests on kernels and machines without UB.
 *
 * It registers the generic netlink family UBCORE_GENL with the two commands that place devices (6 and 7), a
 * namespace-tagged class "ubcore", the nodes /dev/uburma/<device> and /dev/ummu/tid, and sends devices home when
 * their namespace dies. Written from a description of the interface; nothing here drives hardware.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>

enum { ATTR_NS_MODE = 4, ATTR_DEV_NAME = 5, ATTR_NS_FD = 6, ATTR_MAX = 30 };
enum { CMD_SET_NS_MODE = 6, CMD_SET_DEV_NS = 7 };
enum { PORT_ACTIVE = 4, NAME_SIZE = 64, MINORS_EACH = 2 };

static int paths = 4;
module_param(paths, int, 0444);
MODULE_PARM_DESC(paths, "how many udmaN devices; one bonding_dev_N is added for each two");

static bool shared;
module_param(shared, bool, 0644);
MODULE_PARM_DESC(shared, "shared mode: a device may not be moved");

static bool recall_all;
module_param(recall_all, bool, 0644);
MODULE_PARM_DESC(recall_all, "the death of any network namespace sends every device home, as some kernels do");

static char refused[NAME_SIZE];
module_param_string(refused, refused, sizeof(refused), 0644);
MODULE_PARM_DESC(refused, "moving this device away from home fails with EIO");

static unsigned int moves;
module_param(moves, uint, 0444);
MODULE_PARM_DESC(moves, "how many moves were made");

struct ub_device {
	struct device dev;
	possible_net_t net;
	unsigned int port_state;
	unsigned int index;
	unsigned int generation;	/* of the node: its minor number changes with each move, as the real one's may */
};

static struct ub_device **devices;
static unsigned int device_count;
static DEFINE_MUTEX(placement);
static dev_t first_node;
static struct cdev node_cdev;

static struct ub_device *to_ub(struct device *dev)
{
	return container_of(dev, struct ub_device, dev);
}

static const void *ub_namespace(const struct device *dev)
{
	return read_pnet(&container_of(dev, struct ub_device, dev)->net);
}

extern const struct kobj_ns_type_operations net_ns_type_operations;

static struct class ubcore_class = {
	.name = "ubcore",
	.ns_type = &net_ns_type_operations,
	.namespace = ub_namespace,
};

static char *uburma_node(const struct device *dev, umode_t *mode)
{
	if (mode)
		*mode = 0666;
	return kasprintf(GFP_KERNEL, "uburma/%s", dev_name(dev));
}

static struct class uburma_class = { .name = "uburma", .devnode = uburma_node };

static ssize_t ubdev_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", dev_name(dev));
}
static DEVICE_ATTR_RO(ubdev);

static ssize_t driver_name_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", strstarts(dev_name(dev), "bonding") ? "ubagg" : "udma");
}
static DEVICE_ATTR_RO(driver_name);

static ssize_t transport_type_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0\n");
}
static DEVICE_ATTR_RO(transport_type);

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", to_ub(dev)->port_state);
}

static ssize_t state_store(struct device *dev, struct device_attribute *attr, const char *buf, size_t size)
{
	int error = kstrtouint(buf, 0, &to_ub(dev)->port_state);

	return error ? error : size;
}
static DEVICE_ATTR_RW(state);

static ssize_t eid0_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0000:0000:0000:0000:0000:ffff:0a00:%04x\n", to_ub(dev)->index + 1);
}
static DEVICE_ATTR_RO(eid0);

static struct attribute *device_attrs[] = {
	&dev_attr_ubdev.attr, &dev_attr_driver_name.attr, &dev_attr_transport_type.attr, NULL
};
static struct attribute *port_attrs[] = { &dev_attr_state.attr, NULL };
static struct attribute *eid_attrs[] = { &dev_attr_eid0.attr, NULL };
static const struct attribute_group device_group = { .attrs = device_attrs };
static const struct attribute_group port_group = { .name = "port0", .attrs = port_attrs };
static const struct attribute_group eid_group = { .name = "eids", .attrs = eid_attrs };
static const struct attribute_group *device_groups[] = { &device_group, &port_group, &eid_group, NULL };

static dev_t node_number(const struct ub_device *ub)
{
	return first_node + ub->index * MINORS_EACH + ub->generation % MINORS_EACH;
}

/* The real check is made when a context is created; a stand-in without contexts makes it here. */
static int node_open(struct inode *inode, struct file *file)
{
	unsigned int index = (inode->i_rdev - first_node) / MINORS_EACH;
	struct ub_device *ub = index < device_count ? devices[index] : NULL;
	int error;

	mutex_lock(&placement);
	if (!ub || inode->i_rdev != node_number(ub))
		error = -ENODEV;
	else
		error = shared || net_eq(read_pnet(&ub->net), current->nsproxy->net_ns) ? 0 : -EPERM;
	mutex_unlock(&placement);
	return error;
}

static const struct file_operations node_operations = { .owner = THIS_MODULE, .open = node_open };
static const struct file_operations tid_operations = { .owner = THIS_MODULE };
static struct miscdevice tid_device = {
	.minor = MISC_DYNAMIC_MINOR, .name = "tid", .nodename = "ummu/tid", .mode = 0600, .fops = &tid_operations,
};

static int publish_node(struct ub_device *ub)
{
	return PTR_ERR_OR_ZERO(device_create(&uburma_class, NULL, node_number(ub), NULL, "%s", dev_name(&ub->dev)));
}

static void withdraw_node(struct ub_device *ub)
{
	device_destroy(&uburma_class, node_number(ub));
}

/* Renaming a device to its own name publishes it again under its new namespace tag. */
static int place(struct ub_device *ub, struct net *net)
{
	struct net *from = read_pnet(&ub->net);
	int error;

	if (net_eq(from, net))
		return 0;
	kobject_uevent(&ub->dev.kobj, KOBJ_REMOVE);
	withdraw_node(ub);
	write_pnet(&ub->net, net);
	error = device_rename(&ub->dev, dev_name(&ub->dev));
	if (error) {
		write_pnet(&ub->net, from);
	} else {
		ub->generation++;
		moves++;
	}
	if (publish_node(ub))
		pr_err("fake_ubcore: no node for %s\n", dev_name(&ub->dev));
	kobject_uevent(&ub->dev.kobj, KOBJ_ADD);
	return error;
}

static struct ub_device *find(const struct nlattr *name)
{
	unsigned int i;

	for (i = 0; i < device_count; i++)
		if (!nla_strcmp(name, dev_name(&devices[i]->dev)))
			return devices[i];
	return NULL;
}

static int set_device_namespace(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[ATTR_DEV_NAME];
	struct ub_device *ub;
	struct net *net;
	int error;

	if (!name || !info->attrs[ATTR_NS_FD])
		return -EINVAL;
	if (shared)
		return -EPERM;
	net = get_net_ns_by_fd(nla_get_u32(info->attrs[ATTR_NS_FD]));
	if (IS_ERR(net))
		return PTR_ERR(net);
	mutex_lock(&placement);
	ub = find(name);
	if (!ub)
		error = -EINVAL;
	else if (!net_eq(net, &init_net) && !strcmp(dev_name(&ub->dev), strim(refused)))
		error = -EIO;
	else
		error = place(ub, net);
	mutex_unlock(&placement);
	put_net(net);
	return error;
}

static int set_namespace_mode(struct sk_buff *skb, struct genl_info *info)
{
	if (!info->attrs[ATTR_NS_MODE])
		return -EINVAL;
	shared = nla_get_u8(info->attrs[ATTR_NS_MODE]) != 0;
	return 0;
}

static const struct nla_policy policy[ATTR_MAX + 1] = {
	[ATTR_NS_MODE] = { .type = NLA_U8 },
	[ATTR_DEV_NAME] = { .type = NLA_STRING, .len = NAME_SIZE - 1 },
	[ATTR_NS_FD] = { .type = NLA_U32 },
};

static const struct genl_ops operations[] = {
	{ .cmd = CMD_SET_NS_MODE, .flags = GENL_ADMIN_PERM, .doit = set_namespace_mode },
	{ .cmd = CMD_SET_DEV_NS, .flags = GENL_ADMIN_PERM, .doit = set_device_namespace },
};

static struct genl_family family = {
	.name = "UBCORE_GENL", .version = 1, .maxattr = ATTR_MAX, .policy = policy, .netnsok = true,
	.module = THIS_MODULE, .ops = operations, .n_ops = ARRAY_SIZE(operations),
};

static void namespace_died(struct net *net)
{
	unsigned int i;

	mutex_lock(&placement);
	for (i = 0; i < device_count; i++)
		if (recall_all || net_eq(read_pnet(&devices[i]->net), net))
			place(devices[i], &init_net);
	mutex_unlock(&placement);
}

static struct pernet_operations namespace_operations = { .exit = namespace_died };

static void release(struct device *dev)
{
	kfree(to_ub(dev));
}

static int add_device(unsigned int index, const char *name)
{
	struct ub_device *ub = kzalloc(sizeof(*ub), GFP_KERNEL);
	int error;

	if (!ub)
		return -ENOMEM;
	write_pnet(&ub->net, &init_net);
	ub->index = index;
	ub->port_state = PORT_ACTIVE;
	device_initialize(&ub->dev);
	ub->dev.class = &ubcore_class;
	ub->dev.groups = device_groups;
	ub->dev.release = release;
	error = dev_set_name(&ub->dev, "%s", name);
	if (!error)
		error = device_add(&ub->dev);
	if (error) {
		put_device(&ub->dev);
		return error;
	}
	devices[index] = ub;
	device_count = index + 1;
	return publish_node(ub);
}

static void remove_devices(void)
{
	while (device_count) {
		struct ub_device *ub = devices[--device_count];

		withdraw_node(ub);
		device_unregister(&ub->dev);
	}
}

static int add_devices(void)
{
	char name[NAME_SIZE];
	int i, error = 0;

	for (i = 0; i < paths && !error; i++) {
		snprintf(name, sizeof(name), "udma%d", i);
		error = add_device(i, name);
	}
	for (i = 0; i < paths / 2 && !error; i++) {
		snprintf(name, sizeof(name), "bonding_dev_%d", i + 1);
		error = add_device(paths + i, name);
	}
	return error;
}

static int __init fake_ubcore_init(void)
{
	unsigned int most;
	int error;

	if (paths < 0 || paths > 64)
		return -EINVAL;
	most = paths + paths / 2;
	devices = kcalloc(most, sizeof(*devices), GFP_KERNEL);
	if (!devices)
		return -ENOMEM;
	error = alloc_chrdev_region(&first_node, 0, most * MINORS_EACH, "uburma");
	if (error)
		goto no_region;
	cdev_init(&node_cdev, &node_operations);
	error = cdev_add(&node_cdev, first_node, most * MINORS_EACH);
	if (error)
		goto no_cdev;
	error = class_register(&ubcore_class);
	if (error)
		goto no_ubcore_class;
	error = class_register(&uburma_class);
	if (error)
		goto no_uburma_class;
	error = misc_register(&tid_device);
	if (error)
		goto no_tid;
	error = add_devices();
	if (error)
		goto no_devices;
	error = register_pernet_device(&namespace_operations);
	if (error)
		goto no_devices;
	error = genl_register_family(&family);
	if (!error)
		return 0;
	unregister_pernet_device(&namespace_operations);
no_devices:
	remove_devices();
	misc_deregister(&tid_device);
no_tid:
	class_unregister(&uburma_class);
no_uburma_class:
	class_unregister(&ubcore_class);
no_ubcore_class:
	cdev_del(&node_cdev);
no_cdev:
	unregister_chrdev_region(first_node, most * MINORS_EACH);
no_region:
	kfree(devices);
	return error;
}

static void __exit fake_ubcore_exit(void)
{
	genl_unregister_family(&family);
	unregister_pernet_device(&namespace_operations);
	remove_devices();
	misc_deregister(&tid_device);
	class_unregister(&uburma_class);
	class_unregister(&ubcore_class);
	cdev_del(&node_cdev);
	unregister_chrdev_region(first_node, (paths + paths / 2) * MINORS_EACH);
	kfree(devices);
}

module_init(fake_ubcore_init);
module_exit(fake_ubcore_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Stand-in for ubcore's network namespace interface");
