/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lua functions that C calls: luaV_execute, which the rest of Lua knows. And luaJ_rare as it is without a compiler. */
#define LUA_CORE

#include "lprefix.h"

#include "jit.h"

#include <limits.h>
#include <sys/resource.h>

int luaJ_first_look = INT_MAX;
const char* luaJ_stack_limit = NULL;

/* Without a compiler nobody looks at functions: their counts begin at the largest number, again and again. */
static void leave_call(Proto* p) { p->heat = INT_MAX; }

static int leave_loop(lua_State* L, CallInfo* ci, const Instruction* first, const Instruction* last) {
  (void)L, (void)first, (void)last;
  luaJ_proto(ci)->heat = INT_MAX;
  return LUAJ_GO_ON;
}

static void forget_nothing(Proto* p) { (void)p; }

struct luaJ_Rare luaJ_rare = {leave_call, leave_loop, forget_nothing};

void luaJ_limit_stack(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) limit.rlim_cur = 8u << 20;
  luaJ_stack_limit = (const char*)__builtin_frame_address(0) - limit.rlim_cur / 2;
}

void luaV_execute(lua_State* L, CallInfo* ci) {
  for (;;) {
    Proto* p = luaJ_proto(ci);
    /* Compiled code begins with a function's first instruction. A frame that is in the middle (of a coroutine that goes
     * on, say), or not the one that C called, is for the interpreter, which runs on until it returns to C. */
    const int is_new = (ci->callstatus & CIST_FRESH) && ci->u.l.savedpc == p->code;
    if (is_new && p->run == NULL && luai_unlikely(--p->heat <= 0)) luaJ_rare.look_at_call(p);
    if (!is_new || p->run == NULL || luaJ_is_deep()) {
      luaJ_execute(L, ci, NULL, 0, NULL, NULL, NULL);
      return;
    }
    if (!p->run(p->self, L, ci, ci->func + 1)) return;
    ci = L->ci;
  }
}
