// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Files that appear whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "inlay/result.h"

namespace inlay::aot {

/// A new file that takes the place of `path` when committed, and is never seen otherwise: until then it has no name, so
/// that nothing is left behind by a process that is killed. (Where the file system knows no files without names: one
/// beside `path`, removed by the destructor.)
class Output {
 public:
  static Result<Output> create(const std::string& path);
  Output(Output&& other) noexcept;
  Output& operator=(Output&&) = delete;
  ~Output();

  /// A name for the file, for those who replace files rather than fill them. Lasts until committed or removed.
  Result<std::string> name();
  Result<void> write(std::string_view bytes);
  /// Gives the file its mode and its name.
  Result<void> commit(unsigned mode);

 private:
  explicit Output(std::string path) : path_(std::move(path)) {}
  std::string path_;
  std::string temporary_;  // its name, or a way to it
  bool named_ = false;
  int unnamed_ = -1;  // open for reading only: a file that is open for writing cannot be run
};

}  // namespace inlay::aot
