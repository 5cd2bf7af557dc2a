// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A place for files that nobody wants later.
#pragma once

#include <stdlib.h>  // mkdtemp

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "inlay/result.h"

namespace inlay::base {

/// A new folder, which goes with its files.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> make() {
    std::error_code error;
    std::string path = (std::filesystem::temp_directory_path(error) / "inlay-XXXXXX").string();
    if (error || ::mkdtemp(path.data()) == nullptr)
      return Error(ErrorKind::File,
                   "no folder can be made for temporary files; set TMPDIR to one that can be written to");
    return TemporaryFolder(std::move(path));
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + '/' + name; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace inlay::base
