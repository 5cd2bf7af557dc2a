/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What a program that was compiled ahead of time carries, as build.cpp writes it and built.c reads it. */
#ifndef inlay_lua_built_h
#define inlay_lua_built_h

#include "jit.h"

struct luaJ_BuiltFunction {
  const Instruction* (*instructions)(void); /* that `run` was made from, as many as there are */
  TValue* (*constants)(void); /* that `run` reads, without those that are filled in; NULL: there are none */
  luaJ_Code run;
};

struct luaJ_BuiltProgram {
  const char* script; /* as it was named when the program was built */
  const char* bytecode;
  size_t size;
  const struct luaJ_BuiltFunction* functions; /* the main chunk, then those in it, each before those in it */
  size_t count;
};

/* Whether a constant's value comes when the program starts: strings are made then, and a number that may look like an
 * address is no number that a file can carry for sure. */
static inline int luaJ_is_filled_in(const TValue* constant) {
  return iscollectable(constant) ||
         (ttisnumber(constant) && l_castS2U(ivalueraw(constant->value_)) - 4096 < ((lua_Unsigned)1 << 48));
}

/* Of these, the compiler makes a main, and what luaJ_BuiltFunction holds, by binding the last arguments. */
int luaJ_run_program(int argc, char** argv, const struct luaJ_BuiltProgram* program);
int luaJ_run_built(const void* self, lua_State* L, CallInfo* ci, StkId frame, size_t slots, const TValue* constants,
                   const Instruction* first, const Instruction* last);
const Instruction* luaJ_built_instructions(const Instruction* instructions);
TValue* luaJ_built_constants(const TValue* constants);

#endif
