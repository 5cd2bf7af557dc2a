/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The compiler as the interpreter sees it. It is a library of its own (compiler.cpp), since loading LLVM takes longer
 * than many scripts run. */
#ifndef inlay_lua_start_h
#define inlay_lua_start_h

#include "jit.h"
#include "options.h"

struct luaJ_Compiler {
  /* Has the function compiled from `first` to `last`, now or in the background; a later call finds it done. */
  void (*compile)(Proto* p, const Instruction* first, const Instruction* last);
  /* That code, or NULL. */
  luaJ_Code (*find)(const Proto* p, const Instruction* first, const Instruction* last, const void** self);
  void (*forget)(Proto* p);
};

/* What the library exports as `luaJ_load`. Returns NULL and says why on standard error if it cannot work. */
typedef const struct luaJ_Compiler* (*luaJ_Load)(const struct luaJ_Options* options, const void* runtime);

/* What it exports as `luaJ_write`: luaJ_build of options.h. */
typedef int (*luaJ_Write)(const char* script, const char* output, const void* runtime);

#endif
