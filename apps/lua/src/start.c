/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * When a function is compiled, and where the compiler comes from. */
#define LUA_CORE
#define _GNU_SOURCE

#include "lprefix.h"

#include "compiler.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* A function is looked at whenever it has counted so many calls and backward jumps: some hundred microseconds of work,
 * next to which a look costs nothing. */
#define BETWEEN_LOOKS 5000
/* It is compiled at the look after so many: by then it has run long enough to be worth it. */
#define LOOKS_TO_COMPILE 2
/* Most scripts end sooner, and never load the compiler, which takes some 15 ms of another core. */
#define CPU_MS_TO_START 20

extern const char inlay_runtime_inlay_lua_interpreter[]; /* what inlay_add_runtime made of the interpreter */

static struct luaJ_Options options;
static _Atomic(const struct luaJ_Compiler*) compiler = NULL;
static int asked_for_compiler = 0;

/* A function of the compiler's library, which lies beside this program. If there is none, standard error says why and
 * what that leads to. */
static void* find_in_library(const char* name, const char* consequence) {
  char path[PATH_MAX];
  void *library, *function = NULL;
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 64); /* room for the library's name */
  path[length > 0 ? length : 0] = '\0';
  char* slash = strrchr(path, '/');
  strcpy(slash != NULL ? slash + 1 : path, "inlay-lua-compiler.so");
  library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library != NULL) function = dlsym(library, name);
  if (function == NULL) fprintf(stderr, "inlay-lua: the compiler cannot be loaded%s: %s\n", consequence, dlerror());
  return function;
}

static void* load_compiler(void* unused) {
  luaJ_Load load = (luaJ_Load)find_in_library("luaJ_load", ", so the script is interpreted");
  (void)unused;
  if (load != NULL) atomic_store(&compiler, load(&options, inlay_runtime_inlay_lua_interpreter));
  return NULL;
}

static int is_too_early(void) {
  struct timespec used;
  return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 && used.tv_sec == 0 &&
         used.tv_nsec < CPU_MS_TO_START * 1000000L;
}

/* The compiler; NULL until it is loaded, which the first call after CPU_MS_TO_START begins. */
static const struct luaJ_Compiler* find_compiler(void) {
  const struct luaJ_Compiler* there = atomic_load(&compiler);
  pthread_t thread;
  if (there != NULL || asked_for_compiler || is_too_early()) return there;
  asked_for_compiler = 1;
  if (pthread_create(&thread, NULL, load_compiler, NULL) == 0) pthread_detach(thread);
  return NULL;
}

/* Whether a function has been hot for long enough. */
static int is_worth_compiling(Proto* p) { return options.mode == LUAJ_ALWAYS || ++p->looks > LOOKS_TO_COMPILE; }

static void look_at_call(Proto* p) {
  const struct luaJ_Compiler* the = find_compiler();
  p->heat = the != NULL && options.mode == LUAJ_ALWAYS ? 1 : BETWEEN_LOOKS;
  if (the == NULL || !is_worth_compiling(p)) return;
  const Instruction* last = p->code + p->sizecode - 1;
  the->compile(p, p->code, last);
  p->run = the->find(p, p->code, last, &p->self);
}

/* Loops that were entered lately, and their code. A coroutine that yields in a loop goes on in the interpreter and
 * comes back here at the next jump, thousands of times: this is quicker than asking the compiler. */
static struct Entered {
  const Instruction *first, *last;
  luaJ_Code code;
  const void* self;
} entered[64];

static struct Entered* place_of_loop(const Instruction* first, const Instruction* last) {
  const size_t hash = (uintptr_t)first / sizeof *first + 7 * (size_t)(last - first);
  return &entered[hash % (sizeof entered / sizeof *entered)];
}

static luaJ_Code code_of_loop(Proto* p, const Instruction* first, const Instruction* last, const void** self) {
  struct Entered* place = place_of_loop(first, last);
  if (first == place->first && last == place->last) {
    *self = place->self;
    return place->code;
  }
  const struct luaJ_Compiler* the = find_compiler();
  if (the == NULL || !is_worth_compiling(p)) return NULL;
  the->compile(p, first, last);
  const luaJ_Code code = the->find(p, first, last, self);
  if (code != NULL) *place = (struct Entered){first, last, code, *self};
  return code;
}

static int look_at_loop(lua_State* L, CallInfo* ci, const Instruction* first, const Instruction* last) {
  const void* self;
  const luaJ_Code code = code_of_loop(luaJ_proto(ci), first, last, &self);
  luaJ_proto(ci)->heat = code != NULL || options.mode == LUAJ_ALWAYS ? 1 : BETWEEN_LOOKS;
  if (code == NULL || L->hookmask || luaJ_is_deep()) return LUAJ_GO_ON;
  const int fresh = ci->callstatus & CIST_FRESH;
  ci->callstatus |= CIST_FRESH;
  const int result = code(self, L, ci, ci->func + 1);
  if (!fresh) ci->callstatus &= (unsigned short)~CIST_FRESH;
  return result == 0 ? LUAJ_RETURNED : result == 1 ? LUAJ_CONTINUES : LUAJ_LEFT;
}

static void forget(Proto* p) {
  memset(entered, 0, sizeof entered);
  atomic_load(&compiler)->forget(p);
}

void luaJ_start(const struct luaJ_Options* given) {
  options = *given;
  if (options.mode == LUAJ_OFF) return;
  luaJ_rare = (struct luaJ_Rare){look_at_call, look_at_loop, forget};
  luaJ_limit_stack();
  luaJ_first_look = options.mode == LUAJ_ALWAYS ? 2 : BETWEEN_LOOKS;
  if (options.mode == LUAJ_ALWAYS) {
    asked_for_compiler = 1;
    load_compiler(NULL);
  }
}

int luaJ_build(const char* script, const char* output) {
  luaJ_Write write_program = (luaJ_Write)find_in_library("luaJ_write", "");
  return write_program != NULL ? write_program(script, output, inlay_runtime_inlay_lua_interpreter) : EXIT_FAILURE;
}
