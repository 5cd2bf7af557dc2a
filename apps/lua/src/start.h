/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What main.c asks for: an interpreter with a compiler behind it, or a program written ahead of time. */
#ifndef inlay_lua_start_h
#define inlay_lua_start_h

enum luaJ_Mode { LUAJ_OFF, LUAJ_ON, LUAJ_ALWAYS };

struct luaJ_Options {
  enum luaJ_Mode mode;
  int explain; /* when Lua frees a function, standard error says what became of it */
};

/* To be called before the first lua_State is made. */
void luaJ_start(const struct luaJ_Options* options);

/* Writes the program `output`, which does what `lua script` does, its functions compiled. Returns the status to exit
 * with, and says on standard error what went wrong. */
int luaJ_build(const char* script, const char* output);

#endif
