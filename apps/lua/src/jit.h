/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the interpreter knows of its compiler: how hot a function is, its code, and how to call it. The sources of Lua
 * that the overlay changes include this. It is in the interpreter's way, so it only counts and calls: what happens
 * rarely goes through luaJ_rare to start.c, and from there to the compiler. A program that was compiled ahead of time
 * has neither of the two (built.c). */
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
luaJ_STAYS(luaV_tonumber_);
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
luaJ_STAYS(luaD_precall);
luaJ_STAYS(luaD_pretailcall);
luaJ_STAYS(luaD_poscall);
luaJ_STAYS(luaG_traceexec);
luaJ_STAYS(luaG_forerror);
luaJ_STAYS(luaO_str2num);
luaJ_STAYS(luaH_get);
luaJ_STAYS(luaH_getint);
luaJ_STAYS(luaH_new);
luaJ_STAYS(luaH_resize);
luaJ_STAYS(luaC_step);
luaJ_STAYS(luaC_barrier_);
luaJ_STAYS(luaC_barrierback_);

/* The interpreter's loop, for two uses.
 *
 * With NULL for all behind `ci` it is Lua's luaV_execute: it goes on with the frame `ci` where that is, runs the calls
 * that it makes, and returns 0 when a frame returns that C has called.
 *
 * Compiled code is this function specialized to the last four. It runs the frame `ci` only, from the instruction
 * `first` to `last`, with the constants `known` (NULL if the function has none); `frame` is ci->func + 1. It returns 0
 * when the frame has returned. It returns 1 when the caller has to go on with the frame L->ci: that is the one that a
 * tail call has put in place of `ci`, or one that compiled code found no stack for. It returns 2 when the interpreter
 * has to go on with `ci` itself, behind a jump to before `first` or after `last`. */
int luaJ_execute(lua_State* L, CallInfo* ci, StkId frame, size_t slots, const TValue* known, const Instruction* first,
                 const Instruction* last);

/* How many slots from `frame` on nobody but this frame uses as long as compiled code runs it, save what it calls; a
 * function of varargs moves its frame when it begins. */
static inline size_t luaJ_slots(const Proto* p, const Instruction* first) {
  return p->is_vararg && first == p->code ? 0 : p->maxstacksize;
}

/* What `heat` of a new function is. Each call and jump backward takes one off; when none is left, somebody looks. */
extern int luaJ_first_look;
/* Compiled code calls compiled code while the C stack is above this. */
extern const char* luaJ_stack_limit;
/* To be called near the stack's beginning. Half of the stack is for compiled code, the rest for what it calls. */
void luaJ_limit_stack(void);

/* What look_at_loop did: nothing, and the interpreter goes on; or it ran the frame in compiled code, which has
 * returned, or has left L->ci to go on with, or the same frame. */
enum { LUAJ_GO_ON, LUAJ_RETURNED, LUAJ_CONTINUES, LUAJ_LEFT };
/* What happens rarely. start.c puts functions here if there is to be a compiler; those of jit.c do nothing. */
struct luaJ_Rare {
  /* The heat of a function is used up, at a call of it or at a jump backward in it. They set it anew. */
  void (*look_at_call)(Proto* p);
  int (*look_at_loop)(lua_State* L, CallInfo* ci, const Instruction* first, const Instruction* last);
  /* A function with p->jit is about to be freed. */
  void (*forget)(Proto* p);
};
extern struct luaJ_Rare luaJ_rare;

#define luaJ_new(p) ((p)->jit = NULL, (p)->run = NULL, (p)->self = NULL, (p)->looks = 0, (p)->heat = luaJ_first_look)
#define luaJ_free(p) ((p)->jit != NULL ? luaJ_rare.forget(p) : (void)0)

#define luaJ_proto(ci) (clLvalue(s2v((ci)->func))->p)
#define luaJ_is_deep() ((const char*)__builtin_frame_address(0) < luaJ_stack_limit)

/* Runs the frame that luaD_precall has made, if its function is compiled, or if its caller is (`from_compiled`): that
 * can run no other frame than its own. Returns 0 if it did not; where little stack is left, it never does. */
static inline int luaJ_call(lua_State* L, CallInfo* ci, int from_compiled) {
  Proto* p = luaJ_proto(ci);
  if (p->run == NULL && luai_unlikely(--p->heat <= 0)) luaJ_rare.look_at_call(p);
  if ((p->run == NULL && !from_compiled) || luai_unlikely(luaJ_is_deep())) return 0;
  ci->callstatus = CIST_FRESH;
  if (p->run == NULL || luai_unlikely(p->run(p->self, L, ci, ci->func + 1))) luaV_execute(L, L->ci);
  return 1;
}

/* Stands in luaJ_execute wherever `pc` may have left the loop that compiled code was made for, and counts in the
 * interpreter. `back` is by how many instructions `pc` has jumped backward; 0 or less is no such jump. The loop that a
 * jump closes begins at `pc`, and its last instruction is the jump: `pc` was one behind it, hence the 1. */
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
