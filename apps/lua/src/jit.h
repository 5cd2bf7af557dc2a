/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the interpreter knows of its compiler: how hot a function is, its code, and how to call it. The sources of Lua
 * that the overlay changes include this. What is rare is in start.c, and behind it in the compiler, a library that is
 * loaded when a script turns out to be worth it. A program that was compiled ahead of time has neither (built.c). */
#ifndef inlay_lua_jit_h
#define inlay_lua_jit_h

#include "ldebug.h"
#include "ldo.h"
#include "lfunc.h"
#include "lgc.h"
#include "lobject.h"
#include "lstate.h"
#include "ltable.h"
#include "ltm.h"
#include "lvm.h"

#include <inlay/annotate.h>

/* What luaJ_execute calls where its own way of doing an operation does not fit. Such calls stay calls in compiled code:
 * there are many of them, and copies would do nothing better. */
#define luaJ_STAYS(function) extern INLAY_NOINLINE __typeof__(function) function
luaJ_STAYS(luaV_finishget);
luaJ_STAYS(luaV_finishset);
luaJ_STAYS(luaV_concat);
luaJ_STAYS(luaV_lessthan);
luaJ_STAYS(luaV_lessequal);
luaJ_STAYS(luaV_equalobj);
luaJ_STAYS(luaV_objlen);
luaJ_STAYS(luaT_trybinTM);
luaJ_STAYS(luaT_trybinassocTM);
luaJ_STAYS(luaT_trybiniTM);
luaJ_STAYS(luaT_callorderTM);
luaJ_STAYS(luaT_callorderiTM);
luaJ_STAYS(luaT_getvarargs);
luaJ_STAYS(luaT_adjustvarargs);
luaJ_STAYS(luaF_close);
luaJ_STAYS(luaF_findupval);
luaJ_STAYS(luaD_hookcall);
luaJ_STAYS(luaD_growstack);
luaJ_STAYS(luaD_call);
luaJ_STAYS(luaD_pretailcall);
luaJ_STAYS(luaG_traceexec);
luaJ_STAYS(luaG_forerror);
luaJ_STAYS(luaH_get);
luaJ_STAYS(luaH_getint);
luaJ_STAYS(luaH_new);
luaJ_STAYS(luaH_resize);
luaJ_STAYS(luaC_step);
luaJ_STAYS(luaC_barrier_);
luaJ_STAYS(luaC_barrierback_);

/* Interprets the frame `ci`. Compiled code is this from an instruction `first` on, and this frame only: when it has
 * returned, the result is 0; 1 says that the frame L->ci is to be gone on with, because it has taken the place of this
 * one; 2, that this one is, because it has left what lies between `first` and `last`. `known` is the table of constants
 * of its function, or NULL where that has none. */
int luaJ_execute(lua_State* L, CallInfo* ci, const TValue* known, const Instruction* first, const Instruction* last);

/* How a new function counts: calls and jumps backward until somebody looks at it. */
extern int luaJ_first_look;
/* Compiled code calls compiled code while the C stack is above this. */
extern const char* luaJ_stack_limit;
/* To be called near the stack's beginning: of the stack, half is for compiled code, the rest for what it calls. */
void luaJ_limit_stack(void);

enum { LUAJ_GO_ON, LUAJ_RETURNED, LUAJ_CONTINUES, LUAJ_LEFT };
/* What is rare: by default nothing is looked at, and nothing was compiled. */
struct luaJ_Rare {
  /* A function is called often, or a loop of it runs long. The latter may run the frame to its end, in compiled code.
   */
  void (*look_at_call)(Proto* p);
  int (*look_at_loop)(lua_State* L, CallInfo* ci, const Instruction* first, const Instruction* last);
  /* A function with p->jit ends. */
  void (*forget)(Proto* p);
};
extern struct luaJ_Rare luaJ_rare;

#define luaJ_new(p) ((p)->jit = NULL, (p)->run = NULL, (p)->self = NULL, (p)->looks = 0, (p)->heat = luaJ_first_look)
#define luaJ_free(p) ((p)->jit != NULL ? luaJ_rare.forget(p) : (void)0)

#define luaJ_proto(ci) (clLvalue(s2v((ci)->func))->p)
#define luaJ_is_deep() ((const char*)__builtin_frame_address(0) < luaJ_stack_limit)

/* Runs the frame that luaD_precall has made, if its function is compiled, or if its caller is. */
static inline int luaJ_call(lua_State* L, CallInfo* ci, int from_compiled) {
  Proto* p = luaJ_proto(ci);
  if (p->run == NULL && luai_unlikely(--p->heat <= 0)) luaJ_rare.look_at_call(p);
  if ((p->run == NULL && !from_compiled) || luai_unlikely(luaJ_is_deep())) return 0;
  ci->callstatus = CIST_FRESH;
  if (p->run == NULL || luai_unlikely(p->run(p->self, L, ci))) luaV_execute(L, L->ci);
  return 1;
}

/* In luaJ_execute, behind each jump of so many instructions backward; or forward, or the end of a loop, if not above 0.
 * (A jump is one instruction long, and `pc` was one ahead.) */
#define luaJ_jumped(back)                                              \
  if (first != NULL) {                                                 \
    if (pc > last || pc < first) {                                     \
      savepc(L);                                                       \
      return 2;                                                        \
    }                                                                  \
  } else if ((back) > 0 && luai_unlikely(--cl->p->heat <= 0)) {        \
    switch (luaJ_rare.look_at_loop(L, ci, pc, pc + (back) - 1)) {      \
      case LUAJ_RETURNED:                                              \
        goto ret;                                                      \
      case LUAJ_CONTINUES:                                             \
        ci = L->ci;                                                    \
        goto startfunc;                                                \
      case LUAJ_LEFT: /* no call: this may be its first instruction */ \
        pc = ci->u.l.savedpc;                                          \
        updatebase(ci);                                                \
    }                                                                  \
    updatetrap(ci);                                                    \
  }

#endif
