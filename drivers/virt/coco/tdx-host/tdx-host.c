// SPDX-License-Identifier: GPL-2.0
/*
 * TDX host services: the device through which an admin sees the TDX module and
 * uploads another one
 */

#include <linux/device.h>
#include <linux/device/faux.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/firmware.h>
#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include <asm/cpu_device_id.h>
#include <asm/cpufeatures.h>
#include <asm/seamldr.h>
#include <asm/tdx.h>

static ssize_t version_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	struct tdx_sys_info_version version;
	int ret;

	ret = tdx_get_module_version(&version);
	if (ret)
		return ret;

	return sysfs_emit(buf, "%u.%u.%02u\n", version.major_version,
			  version.minor_version, version.update_version);
}
static DEVICE_ATTR_RO(version);

static ssize_t seamldr_version_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	struct seamldr_info info;
	int ret;

	ret = seamldr_get_info(&info);
	if (ret)
		return ret;

	return sysfs_emit(buf, "%u.%u.%02u\n", info.major_version,
			  info.minor_version, info.update_version);
}

static ssize_t num_remaining_updates_show(struct device *dev,
					  struct device_attribute *attr,
					  char *buf)
{
	struct seamldr_info info;
	int ret;

	ret = seamldr_get_info(&info);
	if (ret)
		return ret;

	return sysfs_emit(buf, "%u\n", info.num_remaining_updates);
}

static const char * const state_names[] = {
	[TDX_MODULE_READY]	= "ready",
	[TDX_MODULE_STOPPED]	= "stopped",
	[TDX_MODULE_LOST]	= "lost",
};

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%s\n", state_names[tdx_get_module_state()]);
}
static DEVICE_ATTR_RO(state);

/* A read stops all other use of P-SEAMLDR meanwhile: for an admin only. */
static DEVICE_ATTR_ADMIN_RO(seamldr_version);
static DEVICE_ATTR_ADMIN_RO(num_remaining_updates);

static struct attribute *tdx_host_attrs[] = {
	&dev_attr_version.attr,
	NULL
};

static const struct attribute_group tdx_host_group = {
	.attrs = tdx_host_attrs,
};

static struct attribute *tdx_update_attrs[] = {
	&dev_attr_state.attr,
	&dev_attr_seamldr_version.attr,
	&dev_attr_num_remaining_updates.attr,
	NULL
};

static umode_t tdx_update_is_visible(struct kobject *kobj,
				     struct attribute *attr, int idx)
{
	return seamldr_supports_update() ? attr->mode : 0;
}

static const struct attribute_group tdx_update_group = {
	.attrs = tdx_update_attrs,
	.is_visible = tdx_update_is_visible,
};

static const struct attribute_group *tdx_host_groups[] = {
	&tdx_host_group,
	&tdx_update_group,
	NULL
};

static bool allow_older_handoff;
module_param(allow_older_handoff, bool, 0644);
MODULE_PARM_DESC(allow_older_handoff,
		 "Hand over to a module that lacks the native handoff version of the running one");

/* What prepare() decided, for write().  There is one upload at a time. */
static struct seamldr_plan upload_plan;

static enum fw_upload_err upload_err(int err)
{
	switch (err) {
	case 0:
		return FW_UPLOAD_ERR_NONE;
	case -EINVAL:
		return FW_UPLOAD_ERR_FW_INVALID;
	case -EMSGSIZE:
		return FW_UPLOAD_ERR_INVALID_SIZE;
	case -EBUSY:
		return FW_UPLOAD_ERR_BUSY;
	case -ENOSPC:
		return FW_UPLOAD_ERR_WEAROUT;
	case -ENOMEM:
		return FW_UPLOAD_ERR_RW_ERROR;
	default:
		return FW_UPLOAD_ERR_HW_ERROR;
	}
}

/* After each attempt, for who waits on "state" and for udev rules. */
static void announce(struct fw_upload *fwl)
{
	struct device *dev = fwl->dd_handle;

	sysfs_notify(&dev->kobj, NULL, "state");
	kobject_uevent(&dev->kobj, KOBJ_CHANGE);
}

/* What can be refused is refused here, where nothing has changed yet. */
static enum fw_upload_err tdx_upload_prepare(struct fw_upload *fwl,
					     const u8 *data, u32 size)
{
	int ret;

	ret = seamldr_check_module(data, size, allow_older_handoff,
				   &upload_plan);
	if (ret)
		announce(fwl);

	return upload_err(ret);
}

static enum fw_upload_err tdx_upload_write(struct fw_upload *fwl,
					   const u8 *data, u32 offset,
					   u32 size, u32 *written)
{
	int ret;

	/* All or nothing: called once, with the whole image. */
	ret = seamldr_install_module(data, size, &upload_plan);
	if (!ret)
		*written = size;

	announce(fwl);

	return upload_err(ret);
}

/* The update is over when write() returns. */
static enum fw_upload_err tdx_upload_poll_complete(struct fw_upload *fwl)
{
	return FW_UPLOAD_ERR_NONE;
}

/* There is no way back once write() has begun, and no time before it. */
static void tdx_upload_cancel(struct fw_upload *fwl)
{
}

static const struct fw_upload_ops tdx_upload_ops = {
	.prepare	= tdx_upload_prepare,
	.write		= tdx_upload_write,
	.poll_complete	= tdx_upload_poll_complete,
	.cancel		= tdx_upload_cancel,
};

static struct faux_device *tdx_host_fdev;
static struct fw_upload *tdx_host_upload;

static int tdx_host_probe(struct faux_device *fdev)
{
	if (!seamldr_supports_update())
		return 0;

	tdx_host_upload = firmware_upload_register(THIS_MODULE, &fdev->dev,
						   "tdx_module",
						   &tdx_upload_ops, &fdev->dev);

	return PTR_ERR_OR_ZERO(tdx_host_upload);
}

static void tdx_host_remove(struct faux_device *fdev)
{
	if (tdx_host_upload)
		firmware_upload_unregister(tdx_host_upload);
}

static const struct faux_device_ops tdx_host_ops = {
	.probe	= tdx_host_probe,
	.remove	= tdx_host_remove,
};

static const struct x86_cpu_id tdx_host_ids[] = {
	X86_MATCH_FEATURE(X86_FEATURE_TDX_HOST_PLATFORM, NULL),
	{}
};
MODULE_DEVICE_TABLE(x86cpu, tdx_host_ids);

static int __init tdx_host_init(void)
{
	struct tdx_sys_info_version version;

	/* No module that the kernel initialized: nothing to show. */
	if (!x86_match_cpu(tdx_host_ids) || tdx_get_module_version(&version))
		return -ENODEV;

	tdx_host_fdev = faux_device_create_with_groups("tdx_host", NULL,
						       &tdx_host_ops,
						       tdx_host_groups);
	if (!tdx_host_fdev)
		return -ENODEV;

	return 0;
}
module_init(tdx_host_init);

static void __exit tdx_host_exit(void)
{
	faux_device_destroy(tdx_host_fdev);
}
module_exit(tdx_host_exit);

MODULE_DESCRIPTION("TDX host services");
MODULE_LICENSE("GPL");
