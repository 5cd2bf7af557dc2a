/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * inlay-lua: reads the options that `lua` does not have, and leaves the others to the main of lua.c. */
#include "start.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int lua_main(int argc, char** argv); /* the main of lua.c, under this name by CMakeLists.txt */

static const char usage[] =
    "usage: %1$s [--jit=off|on|always] [--jit-explain] [options of lua] [script [args]]\n"
    "       %1$s --build script -o program\n"
    "  --jit=off      interpret everything\n"
    "  --jit=on       compile what is hot, while it runs (default)\n"
    "  --jit=always   compile each function at its second call, and each loop at its second jump back\n"
    "  --jit-explain  say on standard error what became of each hot function, when Lua frees it\n"
    "  --build script -o program\n"
    "                 write a program that does what `lua script` does, compiled ahead of time; it needs no Inlay\n"
    "Everything else is as `man lua5.4` says. Examples:\n"
    "  inlay-lua script.lua\n"
    "  inlay-lua --jit=always --jit-explain -e 'local s = 0 for i = 1, 10 do s = s + i end print(s)'\n"
    "  inlay-lua --build script.lua -o script && ./script\n";

static int is_own(const char* argument, struct luaJ_Options* options) {
  if (strcmp(argument, "--jit=off") == 0)
    options->mode = LUAJ_OFF;
  else if (strcmp(argument, "--jit=on") == 0)
    options->mode = LUAJ_ON;
  else if (strcmp(argument, "--jit=always") == 0)
    options->mode = LUAJ_ALWAYS;
  else if (strcmp(argument, "--jit-explain") == 0)
    options->explain = 1;
  else
    return 0;
  return 1;
}

/* The words behind --build: a script and, behind -o, the program to write, in any order. */
static int build(const char* program, char** words) {
  const char *script = NULL, *output = NULL;
  for (; *words != NULL; ++words) {
    if (strcmp(*words, "-o") == 0 && output == NULL && words[1] != NULL)
      output = *++words;
    else if (script == NULL && strcmp(*words, "-o") != 0)
      script = *words;
    else
      break;
  }
  if (*words == NULL && script != NULL && output != NULL) return luaJ_build(script, output);
  if (*words != NULL && strcmp(*words, "-o") != 0)
    fprintf(stderr, "%s: --build takes one script; what is '%s'?\n", program, *words);
  else
    fprintf(stderr, "%s: --build takes a script and -o with the program to write\n", program);
  fprintf(stderr, usage, program);
  return EXIT_FAILURE;
}

int main(int argc, char** argv) {
  struct luaJ_Options options = {LUAJ_ON, 0};
  int own = 1;
  for (; own < argc && strncmp(argv[own], "--", 2) == 0 && argv[own][2] != '\0'; ++own) {
    if (is_own(argv[own], &options)) continue;
    if (strcmp(argv[own], "--build") == 0) return build(argv[0], argv + own + 1);
    if (strcmp(argv[own], "--help") == 0) {
      printf(usage, argv[0]);
      return 0;
    }
    if (strncmp(argv[own], "--jit", 5) != 0) break; /* an option that lua has, or refuses */
    fprintf(stderr, "%s: there is no option %s\n", argv[0], argv[own]);
    fprintf(stderr, usage, argv[0]);
    return EXIT_FAILURE;
  }
  for (int i = own; i <= argc; ++i) argv[i - own + 1] = argv[i];
  luaJ_start(&options);
  return lua_main(argc - own + 1, argv);
}
