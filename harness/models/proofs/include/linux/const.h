/* SPDX-License-Identifier: GPL-2.0 */
#ifndef STUB_LINUX_CONST_H
#define STUB_LINUX_CONST_H

#define __AC(x, y)	(x##y)
#define _AC(x, y)	__AC(x, y)
#define _UL(x)		_AC(x, UL)
#define _ULL(x)		_AC(x, ULL)
#define _BITUL(x)	(_UL(1) << (x))
#define _BITULL(x)	(_ULL(1) << (x))

#endif
