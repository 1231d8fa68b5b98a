/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files of sysfs, see Documentation/ABI/testing/sysfs-devices-faux-tdx-host
 */
#ifndef TDXCTL_SYSFS_H
#define TDXCTL_SYSFS_H

#include <sys/types.h>

#include "include/shim.h"

#define TDX_HOST	"devices/faux/tdx_host"
#define SKIP_CHECKS	"module/tdx_host/parameters/skip_checks"
#define DEBUGFS		"kernel/debug/tdx_host"

/* Upload nodes in class/firmware */
#define NODE_UPDATE	"tdx_module"
#define NODE_CHECK	"tdx_module_check"

#define ATTR_LEN	256

ssize_t read_file_some(const char *path, void *buf, size_t size);
bool sysfs_exists(const char *name);
__printf(3, 4)
int sysfs_path(char *path, size_t size, const char *fmt, ...);
__printf(3, 4)
int sysfs_read(char *buf, size_t size, const char *fmt, ...);
__printf(2, 3)
int sysfs_write(const char *text, const char *fmt, ...);

#endif /* TDXCTL_SYSFS_H */
