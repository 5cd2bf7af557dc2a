// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is worth keeping between builds, whether a server has it or one build alone.
#pragma once

#include <list>
#include <memory>
#include <stop_token>
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

  /// An error of kind Changed if it was stopped: then no file is written, and what was compiled until then is kept. It
  /// stops between functions (some dozens of them that are compiled together), not while the program is read.
  Result<BuildReport> build(const BuildRequest& request, std::stop_token stop = {});

 private:
  struct Known;
  Result<Known*> known(const BuildRequest& request);
  void make_room();

  std::string path_;
  std::uint64_t store_bytes_;
  std::unique_ptr<Store> store_;
  Machines machines_;
  std::list<std::unique_ptr<Known>> known_;  // the one that was built last is the first
};

}  // namespace inlay::aot
