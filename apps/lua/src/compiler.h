/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What inlay-lua-compiler.so (compiler.cpp, build.cpp) gives to inlay-lua. It is a library of its own, since loading
 * LLVM takes longer than many scripts run. */
#ifndef inlay_lua_compiler_h
#define inlay_lua_compiler_h

#include "jit.h"
#include "start.h"

struct luaJ_Compiler {
  /* Has the function compiled from `first` to `last`: at once (--jit=always) or in the background. */
  void (*compile)(Proto* p, const Instruction* first, const Instruction* last);
  /* That code and what to pass to it first, or NULL as long as there is none. */
  luaJ_Code (*find)(const Proto* p, const Instruction* first, const Instruction* last, const void** self);
  /* To be called before a function with p->jit is freed: its code goes, too. */
  void (*forget)(Proto* p);
};

/* The library's `luaJ_load`. `runtime` is what inlay_add_runtime made of the interpreter. Returns NULL, having said why
 * on standard error, if it cannot work. */
typedef const struct luaJ_Compiler* (*luaJ_Load)(const struct luaJ_Options* options, const void* runtime);

/* The library's `luaJ_write`: does what luaJ_build of start.h promises. */
typedef int (*luaJ_Write)(const char* script, const char* output, const void* runtime);

#endif
