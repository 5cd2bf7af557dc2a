/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Hints for code that Inlay specializes. Plain C, no library, nothing to link: outside of `inlay embed` every function
 * here gives its argument back (inlay_compiled, which has none, is 0) and every macro is an attribute that other
 * compilers ignore or accept without effect. Native code, also that of an embedded runtime, computes the same with and
 * without them; there, inlay_entry costs a load and a branch. */
#ifndef INLAY_ANNOTATE_H
#define INLAY_ANNOTATE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
/* Calls of this function stay calls; its body is not copied into specialized code. */
#define INLAY_NOINLINE __attribute__((annotate("inlay.noinline"), noinline))
/* Calls of this function are inlined into specialized code even past the budget for growth. */
#define INLAY_INLINE __attribute__((annotate("inlay.inline")))
/* This function is not evaluated at all: no argument of its calls is treated as known. */
#define INLAY_OPAQUE __attribute__((annotate("inlay.opaque"), noinline))
#else
#define INLAY_NOINLINE __attribute__((noinline))
#define INLAY_INLINE
#define INLAY_OPAQUE __attribute__((noinline))
#endif

/* inlay_context(pc): where the interpreter is in its program. The value comes back unchanged:
 *
 *     for (;;) {
 *       pc = inlay_context(pc);
 *       switch (*pc++) { ... }
 *
 * Specialized code has one copy of what follows for each value of `pc` that is reached, up to the next context. `pc` is
 * a pointer into constant code or an integer. Where its value turns out not to be known, specialized code hands over to
 * the interpreter itself, at this very place. So say it where an instruction begins, once a loop or once a dispatch.
 *
 * inlay_entry(pc): a context at which compiled code may be entered while the interpreter runs (see inlay/hot.h). Say it
 * where a guest function begins, and on jumps backward: a loop that is running then goes on in compiled code. In
 * functions that cannot be entered in the middle (see inlay_expect) it is a context only.
 *
 * inlay_virtual_state(p, n): the n bytes at p, a constant number, are the interpreter's own state. Say it once, at the
 * beginning of the outermost function and never in a loop. Until the function returns they are changed and read through
 * pointers computed from p, or by functions that it calls, but neither through other pointers nor by other threads or
 * signal handlers. Pointers that are loaded from these bytes may lead back into them; those that are loaded from
 * elsewhere do not. So specialized code may hold them in registers, and does, between calls that stay calls: memory is
 * up to date at such calls and behind the return, and nowhere else.
 *
 * inlay_tracked_state(p, n): less. p is an argument of the function, which reads and writes the n bytes through
 * pointers that it computes from p, and through no others; n need only be known when code is specialized. Functions
 * that are called, and stay calls, may do with the bytes as they like: these stay in memory and are always up to date.
 * So what was stored there is known again when it is loaded, over stores elsewhere: the kinds of values in an
 * interpreter's stack frame, that others see as well.
 *
 * inlay_expect(x, value): x, of which specialized code may assume that it is `value`, which must be known. It tests
 * that, and where it is not so, it leaves right there: the interpreter goes on behind the hint, with the exact state,
 * until the function returns (its resume function, made by `inlay embed`). The hint has no effect in functions that
 * cannot be entered in the middle (arguments passed by copy in memory, stack arrays of variable size), nor in one that
 * the evaluator copies into the interpreter that calls it.
 *
 * inlay_promote(x): x, for some of whose values specialized code may have a version of what follows: at most 8, those
 * that it is compared with (by == or switch), and constants that the analysis meets where x comes from. Any other value
 * goes on in compiled code that does not know it. Only behind a context; elsewhere it has no effect.
 *
 * inlay_compiled(): no hint but a question: 1 in code that Inlay makes of bitcode, 0 in native code, and so where
 * compiled code calls that or hands over to it. For what only one of them is to do: an interpreter counts how hot a
 * loop is, its compiled code need not. No result should depend on it. */
#if defined(INLAY_EMBED) && defined(__clang__)

#ifdef __cplusplus
extern "C" {
#endif
void* inlay_marker_context_pointer(const volatile void* pc);
unsigned long long inlay_marker_context_word(unsigned long long pc);
void* inlay_marker_entry_pointer(const volatile void* pc);
unsigned long long inlay_marker_entry_word(unsigned long long pc);
void inlay_marker_virtual_state(const volatile void* p, unsigned long long n);
void inlay_marker_tracked_state(const volatile void* p, unsigned long long n);
unsigned long long inlay_marker_expect(unsigned long long x, unsigned long long value);
unsigned long long inlay_marker_promote(unsigned long long x);
int inlay_marker_compiled(void);
#ifdef __cplusplus
}
#endif

#ifndef __cplusplus
/* 5: the class of pointers. */
#define inlay_context(pc)                                                                            \
  ((__typeof__(pc))__builtin_choose_expr(__builtin_classify_type(pc) == 5,                           \
                                         inlay_marker_context_pointer((const void*)(uintptr_t)(pc)), \
                                         inlay_marker_context_word((unsigned long long)(uintptr_t)(pc))))
#define inlay_entry(pc)                                                                            \
  ((__typeof__(pc))__builtin_choose_expr(__builtin_classify_type(pc) == 5,                         \
                                         inlay_marker_entry_pointer((const void*)(uintptr_t)(pc)), \
                                         inlay_marker_entry_word((unsigned long long)(uintptr_t)(pc))))
#define inlay_virtual_state(p, n) inlay_marker_virtual_state((p), (n))
#define inlay_tracked_state(p, n) inlay_marker_tracked_state((p), (n))
#define inlay_expect(x, value) \
  ((__typeof__(x))inlay_marker_expect((unsigned long long)(x), (unsigned long long)(value)))
#define inlay_promote(x) ((__typeof__(x))inlay_marker_promote((unsigned long long)(x)))
#define inlay_compiled() (inlay_marker_compiled())
#endif

#elif !defined(__cplusplus)

#define inlay_context(pc) (pc)
#define inlay_entry(pc) (pc)
#define inlay_virtual_state(p, n) ((void)(p), (void)(n))
#define inlay_tracked_state(p, n) ((void)(p), (void)(n))
#define inlay_expect(x, value) ((void)(value), (x))
#define inlay_promote(x) (x)
#define inlay_compiled() (0)

#endif
#ifdef __cplusplus
/* The same for C++. context() and entry() take pointers, integers, enumerations and bool; expect() and promote() the
 * same without pointers. The macros of C work there too. */
namespace inlay {

template <class T>
inline __attribute__((always_inline)) T context(T pc) {
#if defined(INLAY_EMBED) && defined(__clang__)
  if constexpr (__is_pointer(T))
    return static_cast<T>(const_cast<void*>(static_cast<const void*>(inlay_marker_context_pointer(pc))));
  else
    return static_cast<T>(inlay_marker_context_word(static_cast<unsigned long long>(pc)));
#else
  return pc;
#endif
}

template <class T>
inline __attribute__((always_inline)) T entry(T pc) {
#if defined(INLAY_EMBED) && defined(__clang__)
  if constexpr (__is_pointer(T))
    return static_cast<T>(const_cast<void*>(static_cast<const void*>(inlay_marker_entry_pointer(pc))));
  else
    return static_cast<T>(inlay_marker_entry_word(static_cast<unsigned long long>(pc)));
#else
  return pc;
#endif
}

inline __attribute__((always_inline)) void virtual_state([[maybe_unused]] const volatile void* p,
                                                         [[maybe_unused]] size_t n) {
#if defined(INLAY_EMBED) && defined(__clang__)
  inlay_marker_virtual_state(p, n);
#endif
}

inline __attribute__((always_inline)) void tracked_state([[maybe_unused]] const volatile void* p,
                                                         [[maybe_unused]] size_t n) {
#if defined(INLAY_EMBED) && defined(__clang__)
  inlay_marker_tracked_state(p, n);
#endif
}

template <class T>
inline __attribute__((always_inline)) T expect(T x, [[maybe_unused]] T value) {
#if defined(INLAY_EMBED) && defined(__clang__)
  return static_cast<T>(
      inlay_marker_expect(static_cast<unsigned long long>(x), static_cast<unsigned long long>(value)));
#else
  return x;
#endif
}

template <class T>
inline __attribute__((always_inline)) T promote(T x) {
#if defined(INLAY_EMBED) && defined(__clang__)
  return static_cast<T>(inlay_marker_promote(static_cast<unsigned long long>(x)));
#else
  return x;
#endif
}

inline __attribute__((always_inline)) bool compiled() {
#if defined(INLAY_EMBED) && defined(__clang__)
  return inlay_marker_compiled() != 0;
#else
  return false;
#endif
}

}  // namespace inlay

#define inlay_context(pc) (::inlay::context(pc))
#define inlay_entry(pc) (::inlay::entry(pc))
#define inlay_virtual_state(p, n) (::inlay::virtual_state((p), (n)))
#define inlay_tracked_state(p, n) (::inlay::tracked_state((p), (n)))
#define inlay_expect(x, value) (::inlay::expect((x), (value)))
#define inlay_promote(x) (::inlay::promote(x))
#define inlay_compiled() (::inlay::compiled())
#endif

#endif /* INLAY_ANNOTATE_H */
