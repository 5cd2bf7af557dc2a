/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What a program that was compiled ahead of time carries, as build.cpp writes it and built.c reads it. */
#ifndef inlay_lua_built_h
#define inlay_lua_built_h

#include "jit.h"

struct luaJ_BuiltFunction {
  const Instruction* (*instructions)(void); /* that `run` was made from, as many as there are */
  luaJ_Code run;
};

struct luaJ_BuiltProgram {
  const char* script; /* as it was named when the program was built */
  const char* bytecode;
  size_t size;
  const struct luaJ_BuiltFunction* functions; /* the main chunk, then those in it, each before those in it */
  size_t count;
};

/* Of these, the compiler makes a main, a `run` and an `instructions`, by binding the last arguments. */
int luaJ_run_program(int argc, char** argv, const struct luaJ_BuiltProgram* program);
int luaJ_run_built(const void* self, lua_State* L, CallInfo* ci, const Instruction* instructions);
const Instruction* luaJ_built_instructions(const Instruction* instructions);

#endif
