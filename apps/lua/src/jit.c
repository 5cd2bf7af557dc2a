/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls from C into Lua. */
#define LUA_CORE

#include "lprefix.h"

#include "jit.h"

void luaV_execute(lua_State* L, CallInfo* ci) {
  for (;;) {
    const Proto* p = luaJ_proto(ci);
    /* Compiled code runs one frame; the interpreter, all down to one that C has called. */
    if (p->run == NULL || !(ci->callstatus & CIST_FRESH) || ci->u.l.savedpc != p->code || luaJ_is_deep()) {
      luaJ_execute(L, ci, NULL, NULL);
      return;
    }
    if (!p->run(p->self, L, ci)) return;
    ci = L->ci;
  }
}
