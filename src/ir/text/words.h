// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The words that the text form keeps for itself. Names of types that are spelled like one are written in quotes.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "inlay/ir/module.h"

namespace inlay::ir {

inline constexpr std::string_view DeclarationWords[] = {"type", "interface", "data",   "var", "table",
                                                        "func", "export",    "extern", "file"};

/// What a bare word at the top of a text begins, if anything.
constexpr bool begins_declaration(std::string_view word) {
  return word.size() >= 3 && word.size() <= 9 &&
         std::find(std::begin(DeclarationWords), std::end(DeclarationWords), word) != std::end(DeclarationWords);
}

inline constexpr auto BasicTypes = std::to_array<std::pair<std::string_view, TypeId>>({
    {"i32", I32},
    {"i64", I64},
    {"ptr", Ptr},
    {"bool", Bool},
    {"f64", F64},
    {"i8", I8},
    {"f32", F32},
    {"i16", I16},
});

inline constexpr std::string_view TypeWords[] = {"void", "fn", "closure", "asm"};
inline constexpr std::string_view ValueWords[] = {"true", "false", "null", "zero", "sizeof", "alignof", "typeof"};

/// Whether a bare word cannot be the name of a type.
constexpr bool is_reserved(std::string_view word) {
  const auto among = [&](const auto& words) {
    return std::find(std::begin(words), std::end(words), word) != std::end(words);
  };
  return begins_declaration(word) || among(TypeWords) || among(ValueWords) ||
         std::any_of(BasicTypes.begin(), BasicTypes.end(), [&](const auto& basic) { return basic.first == word; });
}

inline constexpr std::pair<std::string_view, std::uint32_t> FunctionWords[] = {
    {"inline", FunctionInline}, {"noinline", FunctionNoInline}, {"cold", FunctionCold}, {"shared", FunctionShared}};

}  // namespace inlay::ir
