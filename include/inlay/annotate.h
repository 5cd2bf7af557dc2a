/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Hints for code that Inlay specializes. Plain C, no library, nothing to link: every macro is an attribute that other
 * compilations ignore or accept without effect. */
#ifndef INLAY_ANNOTATE_H
#define INLAY_ANNOTATE_H

#if defined(__clang__)
/* Calls of this function stay calls; its body is not copied into specialized code. */
#define INLAY_NOINLINE __attribute__((annotate("inlay.noinline"), noinline))
/* Calls of this function are inlined into specialized code even past the budget for growth. */
#define INLAY_INLINE __attribute__((annotate("inlay.inline")))
/* This function is not evaluated at all: no argument of its calls is treated as known. */
#define INLAY_OPAQUE __attribute__((annotate("inlay.opaque"), noinline))
#else
#define INLAY_NOINLINE __attribute__((noinline))
#define INLAY_INLINE
#define INLAY_OPAQUE __attribute__((noinline))
#endif

#endif /* INLAY_ANNOTATE_H */
