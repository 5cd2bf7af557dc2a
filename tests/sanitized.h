// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How much a test may do. Sanitized: it is slower by an order, freed memory is kept in quarantine, and what lies in
// padding is another one each time. Long: it was asked for (INLAY_LONG_TESTS), so it may take its time.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define INLAY_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define INLAY_SANITIZED 1
#endif
#endif

namespace inlay {

#ifdef INLAY_SANITIZED
inline constexpr bool Sanitized = true;
#else
inline constexpr bool Sanitized = false;
#endif

#ifdef INLAY_LONG_TESTS
inline constexpr bool Long = true;
#else
inline constexpr bool Long = false;
#endif

}  // namespace inlay
