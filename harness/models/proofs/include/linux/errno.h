/* SPDX-License-Identifier: GPL-2.0 */
#ifndef STUB_LINUX_ERRNO_H
#define STUB_LINUX_ERRNO_H

#define EIO		5
#define ENOMEM		12
#define EBUSY		16
#define ENODEV		19
#define EINVAL		22
#define ENOSPC		28
#define EMSGSIZE	90
#define EOPNOTSUPP	95

#endif
