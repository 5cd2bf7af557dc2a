// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the tests of closures share.
#pragma once

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>

#include "inlay/jit.h"

#include <gtest/gtest.h>

namespace inlay::closures {

inline const Jit& jit() {
  static const Jit instance = Jit::create().value();
  return instance;
}

/// The value, or a test failure with the error.
template <class T>
T ok(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().to_string();
    throw std::runtime_error(result.error().to_string());
  }
  return std::move(result).value();
}

template <class Signature>
Function<Signature> compiled(Result<Function<Signature>> result) {
  Function<Signature> function = ok(std::move(result));
  EXPECT_TRUE(function.compiled()) << function.explain().to_text();
  return function;
}

inline std::optional<Remark> find(const Report& report, Remark::Kind kind) {
  auto found = std::find_if(report.remarks.begin(), report.remarks.end(),
                            [&](const Remark& remark) { return remark.kind == kind; });
  return found == report.remarks.end() ? std::nullopt : std::optional(*found);
}

/// Nothing is left to call: the closures became one piece of code.
inline void expect_no_call_left(const Report& report) { EXPECT_TRUE(report.remarks.empty()) << report.to_text(); }

/// The line of `path` with this comment.
inline unsigned line_with(const std::string& path, const std::string& comment) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  std::string line;
  for (unsigned number = 1; std::getline(file, line); ++number)
    if (line.size() >= comment.size() && line.compare(line.size() - comment.size(), comment.size(), comment) == 0)
      return number;
  ADD_FAILURE() << "no line of " << path << " ends in " << comment;
  return 0;
}

}  // namespace inlay::closures
