// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How handlers call one another: as C++ functions do, or, with VM_TAILCALL_PRESERVE_NONE, with all registers free for
// arguments and none to save.
#pragma once

#if defined(VM_TAILCALL_PRESERVE_NONE) && defined(__clang__)
#define VM_CONVENTION __attribute__((preserve_none))
#else
#define VM_CONVENTION
#endif
