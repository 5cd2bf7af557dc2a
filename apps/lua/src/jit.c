/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls from C into Lua. */
#define LUA_CORE

#include "lprefix.h"

#include "jit.h"

void luaV_execute(lua_State* L, CallInfo* ci) {
  for (;;) {
    Proto* p = luaJ_proto(ci);
    /* Compiled code runs one frame, from its beginning; the interpreter, all down to one that C has called. */
    const int is_new = (ci->callstatus & CIST_FRESH) && ci->u.l.savedpc == p->code;
    if (is_new && p->run == NULL && luai_unlikely(--p->heat <= 0)) luaJ_look_at_call(p);
    if (!is_new || p->run == NULL || luaJ_is_deep()) {
      luaJ_execute(L, ci, NULL, NULL, NULL);
      return;
    }
    if (!p->run(p->self, L, ci)) return;
    ci = L->ci;
  }
}
