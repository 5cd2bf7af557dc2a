// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Files that appear whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "inlay/result.h"

namespace inlay::aot {

/// A new file beside `path`, which takes its place when committed and is removed otherwise.
class Output {
 public:
  static Result<Output> create(const std::string& path);
  Output(Output&& other) noexcept;
  Output& operator=(Output&&) = delete;
  ~Output();

  /// Where to write; others may replace the file there.
  const std::string& temporary() const { return temporary_; }
  Result<void> write(std::string_view bytes);
  /// Gives the file its mode and its name.
  Result<void> commit(unsigned mode);

 private:
  Output(std::string path, std::string temporary) : path_(std::move(path)), temporary_(std::move(temporary)) {}
  std::string path_;
  std::string temporary_;  // empty: committed
};

}  // namespace inlay::aot
