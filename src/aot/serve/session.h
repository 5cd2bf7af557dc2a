// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is worth keeping between builds, whether a server has it or one build alone.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "aot/pieces/build.h"
#include "aot/serve/project.h"
#include "inlay/serve.h"

namespace inlay::aot {

/// One build at a time.
class Session {
 public:
  /// `store`: a file, or empty.
  Session(std::string store, std::uint64_t store_bytes);
  ~Session();

  Result<BuildReport> build(const BuildRequest& request);

 private:
  struct Known;
  Result<Known*> known(const BuildRequest& request);
  void make_room();

  std::string path_;
  std::uint64_t store_bytes_;
  std::unique_ptr<Store> store_;
  Machines machines_;
  std::list<std::unique_ptr<Known>> known_;  // the one that was built last is the first
  base::Bytes file_;                         // its memory is used again
};

}  // namespace inlay::aot
