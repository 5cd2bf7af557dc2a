// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The search for a text in a text, to be inlined where the needle is known.
#pragma once

#include <cstdint>
#include <cstring>

#include "inlay/filter/type.h"

namespace inlay::filter {

/// The first place at which `needle` occurs in `text`, or null. The empty needle occurs at the beginning.
inline const char* find_text(Text text, Text needle) {
  if (needle.size > text.size) return nullptr;
  if (needle.size == 0) return text.data ? text.data : "";
  const char* at = text.data;
  const char* last = text.data + (text.size - needle.size);
  while (at <= last) {
    at = static_cast<const char*>(__builtin_memchr(at, needle.data[0], static_cast<std::size_t>(last - at + 1)));
    if (!at) return nullptr;
    if (__builtin_memcmp(at, needle.data, static_cast<std::size_t>(needle.size)) == 0) return at;
    ++at;
  }
  return nullptr;
}

}  // namespace inlay::filter
