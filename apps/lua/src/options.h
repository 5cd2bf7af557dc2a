/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What is asked for on the command line. */
#ifndef inlay_lua_options_h
#define inlay_lua_options_h

enum luaJ_Mode { LUAJ_OFF, LUAJ_ON, LUAJ_ALWAYS };

struct luaJ_Options {
  enum luaJ_Mode mode;
  int explain; /* at the end, standard error says what became of each function */
};

/* To be called before there is a Lua. */
void luaJ_start(const struct luaJ_Options* options);

/* Writes the program `output`, which does what `lua script` does, its functions compiled. Returns the status to exit
 * with, and says on standard error what went wrong. */
int luaJ_build(const char* script, const char* output);

#endif
