// SPDX-License-Identifier: GPL-2.0
/*
 * TDX host services: the device through which an admin sees the TDX module and
 * uploads another one
 */

#include <linux/cleanup.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/device/faux.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/firmware.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/sprintf.h>
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

/* P-SEAMLDR serves one call at a time: for an admin only. */
static DEVICE_ATTR_ADMIN_RO(seamldr_version);

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

/* For an admin only, like seamldr_version. */
static DEVICE_ATTR_ADMIN_RO(num_remaining_updates);

static const char * const state_names[] = {
	[TDX_HOST_READY]	= "ready",
	[TDX_HOST_STOPPED]	= "stopped",
	[TDX_HOST_LOST]	= "lost",
};

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%s\n", state_names[tdx_get_host_state()]);
}
static DEVICE_ATTR_RO(state);

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

/* Checks that the next upload is to skip, a bit mask */
static u32 skip_checks;

static int skip_checks_set(const char *val, const struct kernel_param *kp)
{
	u32 skip;
	int ret;

	ret = seamldr_set_skip(val, &skip);
	if (!ret)
		WRITE_ONCE(skip_checks, skip);

	return ret;
}

static int skip_checks_get(char *buf, const struct kernel_param *kp)
{
	int len = seamldr_show_skip(READ_ONCE(skip_checks), buf, PAGE_SIZE - 1);

	return len + scnprintf(buf + len, PAGE_SIZE - len, "\n");
}

static const struct kernel_param_ops skip_checks_ops = {
	.set	= skip_checks_set,
	.get	= skip_checks_get,
};
module_param_cb(skip_checks, &skip_checks_ops, NULL, 0644);
MODULE_PARM_DESC(skip_checks,
		 "Checks that do not refuse the next uploaded image, separated by commas");

/**
 * struct tdx_upload - an upload node
 * @fwl: the node
 * @dev: the tdx_host device
 * @plan: what prepare() decided, for write()
 * @result: outcome of the upload, for the uevent
 * @err: error of the upload
 */
struct tdx_upload {
	struct fw_upload	*fwl;
	struct device		*dev;
	struct seamldr_plan	plan;
	struct seamldr_result	result;
	int			err;
};

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

static void add_version(struct kobj_uevent_env *env, const char *key,
			const struct tdx_sys_info_version *version)
{
	if (version->major_version)
		add_uevent_var(env, "%s=%u.%u.%02u", key, version->major_version,
			       version->minor_version, version->update_version);
}

static const char *result_name(const struct tdx_upload *upload, bool check)
{
	if (upload->result.failed)
		return "failed";

	if (upload->err)
		return "refused";

	return check ? "accepted" : "updated";
}

/* The upload is over: tell pollers of "state" and udev rules the outcome. */
static void announce(struct tdx_upload *upload, bool check)
{
	const struct seamldr_result *result = &upload->result;
	struct kobject *kobj = &upload->dev->kobj;
	struct kobj_uevent_env *env __free(kfree) =
		kzalloc(sizeof(*env), GFP_KERNEL);

	if (!check)
		sysfs_notify(kobj, NULL, "state");

	if (!env) {
		kobject_uevent(kobj, KOBJ_CHANGE);
		return;
	}

	add_uevent_var(env, "TDX_RESULT=%s", result_name(upload, check));
	add_uevent_var(env, "TDX_STATE=%s", state_names[tdx_get_host_state()]);
	add_version(env, "TDX_FROM", &result->from);
	add_version(env, "TDX_TO", &result->to);
	if (result->reason)
		add_uevent_var(env, "TDX_REASON=%s", result->reason);
	add_uevent_var(env, "TDX_DETAIL=%s", result->detail);
	kobject_uevent_env(kobj, KOBJ_CHANGE, env->envp);
}

/* One node's checks and the other one's update: one after the other. */
static DEFINE_MUTEX(upload_lock);

static int prepare(struct tdx_upload *upload, const u8 *data, u32 size)
{
	guard(mutex)(&upload_lock);

	/* On success, TD builds wait from here on. */
	upload->err = seamldr_check_module(data, size, READ_ONCE(skip_checks),
					   &upload->plan, &upload->result);

	return upload->err;
}

static void conclude(struct tdx_upload *upload)
{
	WRITE_ONCE(skip_checks, 0);
	announce(upload, false);
}

/* What can be refused is refused here, where nothing has changed yet. */
static enum fw_upload_err tdx_upload_prepare(struct fw_upload *fwl,
					     const u8 *data, u32 size)
{
	struct tdx_upload *upload = fwl->dd_handle;

	/* Without success there is no call of cleanup(). */
	if (prepare(upload, data, size))
		conclude(upload);

	return upload_err(upload->err);
}

static enum fw_upload_err tdx_upload_write(struct fw_upload *fwl,
					   const u8 *data, u32 offset,
					   u32 size, u32 *written)
{
	struct tdx_upload *upload = fwl->dd_handle;

	guard(mutex)(&upload_lock);

	/* All or nothing: called once, with the whole image. */
	upload->err = seamldr_install_module(data, size, &upload->plan,
					     &upload->result);
	if (!upload->err)
		*written = size;

	return upload_err(upload->err);
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

/* Whatever comes after a prepare() that succeeded ends here. */
static void tdx_upload_cleanup(struct fw_upload *fwl)
{
	tdx_builds_allow();
	conclude(fwl->dd_handle);
}

static const struct fw_upload_ops tdx_upload_ops = {
	.prepare	= tdx_upload_prepare,
	.write		= tdx_upload_write,
	.poll_complete	= tdx_upload_poll_complete,
	.cancel		= tdx_upload_cancel,
	.cleanup	= tdx_upload_cleanup,
};

/* The same answers, and nothing else. */
static enum fw_upload_err tdx_check_prepare(struct fw_upload *fwl,
					    const u8 *data, u32 size)
{
	struct tdx_upload *upload = fwl->dd_handle;

	if (!prepare(upload, data, size))
		tdx_builds_allow();
	announce(upload, true);

	return upload_err(upload->err);
}

static enum fw_upload_err tdx_check_write(struct fw_upload *fwl, const u8 *data,
					  u32 offset, u32 size, u32 *written)
{
	*written = size;

	return FW_UPLOAD_ERR_NONE;
}

static const struct fw_upload_ops tdx_check_ops = {
	.prepare	= tdx_check_prepare,
	.write		= tdx_check_write,
	.poll_complete	= tdx_upload_poll_complete,
	.cancel		= tdx_upload_cancel,
};

static struct faux_device *tdx_host_fdev;

static struct tdx_upload tdx_module_upload, tdx_module_check;

static int tdx_upload_register(struct tdx_upload *upload, struct device *dev,
			       const char *name, const struct fw_upload_ops *ops)
{
	struct fw_upload *fwl;

	upload->dev = dev;
	fwl = firmware_upload_register(THIS_MODULE, dev, name, ops, upload);
	if (IS_ERR(fwl))
		return PTR_ERR(fwl);

	upload->fwl = fwl;

	return 0;
}

static void tdx_upload_unregister(struct tdx_upload *upload)
{
	if (upload->fwl)
		firmware_upload_unregister(upload->fwl);
	upload->fwl = NULL;
}

static int tdx_host_probe(struct faux_device *fdev)
{
	int ret;

	if (!seamldr_supports_update())
		return 0;

	ret = tdx_upload_register(&tdx_module_check, &fdev->dev,
				  "tdx_module_check", &tdx_check_ops);
	if (ret)
		return ret;

	ret = tdx_upload_register(&tdx_module_upload, &fdev->dev, "tdx_module",
				  &tdx_upload_ops);
	if (ret)
		tdx_upload_unregister(&tdx_module_check);

	return ret;
}

static void tdx_host_remove(struct faux_device *fdev)
{
	tdx_upload_unregister(&tdx_module_upload);
	tdx_upload_unregister(&tdx_module_check);
}

static const struct faux_device_ops tdx_host_ops = {
	.probe	= tdx_host_probe,
	.remove	= tdx_host_remove,
};

/*
 * What the firmware says, as it says it: for bug reports, not an ABI.
 */

static ssize_t seamldr_info_read(struct file *file, char __user *to,
				 size_t count, loff_t *ppos)
{
	struct seamldr_info info;
	int ret;

	ret = seamldr_get_info(&info);
	if (ret)
		return ret;

	return simple_read_from_buffer(to, count, ppos, &info, sizeof(info));
}

static const struct file_operations seamldr_info_fops = {
	.owner	= THIS_MODULE,
	.read	= seamldr_info_read,
	.llseek	= default_llseek,
};

static ssize_t seaminfo_read(struct file *file, char __user *to, size_t count,
			     loff_t *ppos)
{
	void *info __free(kfree) = kzalloc(SEAMLDR_SEAMINFO_SIZE, GFP_KERNEL);
	int ret;

	if (!info)
		return -ENOMEM;

	ret = seamldr_get_seaminfo(info);
	if (ret)
		return ret;

	return simple_read_from_buffer(to, count, ppos, info, SEAMLDR_SEAMINFO_SIZE);
}

static const struct file_operations seaminfo_fops = {
	.owner	= THIS_MODULE,
	.read	= seaminfo_read,
	.llseek	= default_llseek,
};

#define NO_FIELD	(~0ULL)
/* Modules have some hundred; a list that does not end is invalid. */
#define MAX_FIELDS	4096

static int metadata_show(struct seq_file *m, void *unused)
{
	u64 id, next, value;
	int ret, i;

	ret = tdx_read_field(NO_FIELD, &id, &value);
	if (ret)
		return ret;

	for (i = 0; id != NO_FIELD && i < MAX_FIELDS; i++, id = next) {
		ret = tdx_read_field(id, &next, &value);
		if (ret)
			return ret;

		seq_printf(m, "0x%016llx 0x%016llx\n", id, value);
	}

	return 0;
}
DEFINE_SHOW_ATTRIBUTE(metadata);

static struct dentry *tdx_host_debugfs;

static void tdx_host_debugfs_create(void)
{
	tdx_host_debugfs = debugfs_create_dir("tdx_host", NULL);
	debugfs_create_file("metadata", 0400, tdx_host_debugfs, NULL, &metadata_fops);
	if (!seamldr_supports_update())
		return;

	debugfs_create_file("seamldr_info", 0400, tdx_host_debugfs, NULL,
			    &seamldr_info_fops);
	debugfs_create_file("seaminfo", 0400, tdx_host_debugfs, NULL, &seaminfo_fops);
}

static const struct x86_cpu_id tdx_host_ids[] = {
	X86_MATCH_FEATURE(X86_FEATURE_TDX_HOST_PLATFORM, NULL),
	{}
};
MODULE_DEVICE_TABLE(x86cpu, tdx_host_ids);

static void tdx_host_start(void)
{
	tdx_host_fdev = faux_device_create_with_groups("tdx_host", NULL,
						       &tdx_host_ops,
						       tdx_host_groups);
	if (tdx_host_fdev)
		tdx_host_debugfs_create();
}

/* Waits for whoever uses the files, and for an upload that is in progress. */
static void tdx_host_stop(void)
{
	if (!tdx_host_fdev)
		return;

	debugfs_remove_recursive(tdx_host_debugfs);
	faux_device_destroy(tdx_host_fdev);
}

static const struct tdx_host_client tdx_host_client = {
	.start	= tdx_host_start,
	.stop	= tdx_host_stop,
};

/* The device exists while KVM keeps VMX on for TDs, whichever is loaded first. */
static int __init tdx_host_init(void)
{
	if (!x86_match_cpu(tdx_host_ids))
		return -ENODEV;

	tdx_register_host_client(&tdx_host_client);

	return 0;
}
module_init(tdx_host_init);

static void __exit tdx_host_exit(void)
{
	tdx_unregister_host_client();
}
module_exit(tdx_host_exit);

MODULE_DESCRIPTION("TDX host services");
MODULE_LICENSE("GPL");
