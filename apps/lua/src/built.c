/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The main of programs that were compiled ahead of time. It is that of lua.c, with the words `lua SCRIPT` in front of
 * the arguments, but the script is not read: its bytecode is here, and the code of its functions. What the program
 * loads when it runs is interpreted. */
#include "lprefix.h"

#include "built.h"

#include "lauxlib.h"
#include "lualib.h"

#include <stdlib.h>
#include <string.h>

#undef LUA_USE_READLINE /* no prompt is reached */
static int load_file(lua_State* L, const char* name);
#undef luaL_loadfile
#define luaL_loadfile(L, name) load_file(L, name)
#define main built_main
#include "lua.c"
#undef main

static const struct luaJ_BuiltProgram* program;

int luaJ_run_built(const void* self, lua_State* L, CallInfo* ci, StkId frame, size_t slots, const TValue* constants,
                   const Instruction* first, const Instruction* last) {
  (void)self;
  return luaJ_execute(L, ci, frame, slots, constants, first, last);
}

const Instruction* luaJ_built_instructions(const Instruction* instructions) { return instructions; }
TValue* luaJ_built_constants(const TValue* constants) { return (TValue*)constants; }

/* Before Lua frees a function: the instructions that `install` gave it are a part of the program, not of Lua's heap. */
static void forget(Proto* p) {
  p->code = NULL;
  p->sizecode = 0;
}

/* Gives the function, and then those in it, their code: `next` is the first one's. Returns the one after the last. */
static const struct luaJ_BuiltFunction* install(lua_State* L, Proto* p, const struct luaJ_BuiltFunction* next) {
  /* Compiled code stores the place where it is as an address in its own copy of the instructions; Lua computes lines
   * for messages and hooks from that and p->code. So both must be the same. */
  const Instruction* instructions = next->instructions();
  /* Two instructions that have the bits of an address may have become another word when the file was written. Such a
   * function is interpreted. */
  if (memcmp(instructions, p->code, (size_t)p->sizecode * sizeof(Instruction)) == 0) {
    /* The function's own constants stay: they keep the strings alive. */
    TValue* constants = next->constants();
    for (int i = 0; i < p->sizek; ++i)
      if (luaJ_is_filled_in(&p->k[i])) constants[i].value_ = p->k[i].value_;
    luaM_freearray(L, p->code, (size_t)p->sizecode);
    p->code = (Instruction*)instructions;
    p->run = next->run;
    p->jit = (struct luaJ_Function*)next; /* not NULL, so that `forget` is called */
  }
  ++next;
  for (int i = 0; i < p->sizep; ++i) next = install(L, p->p[i], next);
  return next;
}

static int load_file(lua_State* L, const char* name) {
  if (name != NULL && name != program->script) return luaL_loadfilex(L, name, NULL);
  const int status = luaL_loadbufferx(L, program->bytecode, program->bytecode_size, "=(compiled script)", "b");
  progname = LUA_PROGNAME;
  if (status == LUA_OK) install(L, clLvalue(s2v(L->top - 1))->p, program->functions);
  return status;
}

int luaJ_run_program(int argc, char** argv, const struct luaJ_BuiltProgram* given) {
  char** words = malloc(((size_t)argc + 4) * sizeof *words);
  int count = 0;
  program = given;
  luaJ_limit_stack();
  luaJ_rare.forget = forget;
  if (words == NULL) {
    l_message(LUA_PROGNAME, "cannot create state: not enough memory");
    return EXIT_FAILURE;
  }
  words[count++] = argc > 0 ? argv[0] : (char*)LUA_PROGNAME;
  if (given->script[0] == '-' && given->script[1] != '\0') words[count++] = (char*)"--";
  words[count++] = (char*)given->script;
  for (int i = 1; i < argc; ++i) words[count++] = argv[i];
  words[count] = NULL;
  return built_main(count, words);
}
