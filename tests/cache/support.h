// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Folders for caches, processes that use them, and entries made by hand.
#pragma once

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/temporary_folder.h"
#include "cache/cache.h"
#include "cache/entry.h"
#include "inlay/inlay.h"

#include <gtest/gtest.h>

namespace inlay::caching {

/// A folder that is gone when the test is over.
class Folder : public base::TemporaryFolder {
 public:
  Folder() : TemporaryFolder(*base::TemporaryFolder::make()) {}
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& item : std::filesystem::directory_iterator(path())) names.push_back(item.path().filename());
    return names;
  }
};

inline base::Bytes read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

inline void write_file(const std::string& path, std::span<const std::byte> bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  chmod(path.c_str(), 0600);
}

/// What cache_process prints.
struct Outcome {
  bool ran = false;
  std::uint64_t digest = 0, functions = 0, hits = 0, misses = 0, mismatches = 0, machines = 0, workspaces = 0;
};

inline std::string command(const char* program, const Folder& folder, int first, int last, const char* mode) {
  return std::string("timeout 100 ") + program + " " + folder.path() + " " + std::to_string(first) + " " +
         std::to_string(last) + " " + mode;
}

inline Outcome run(const char* program, const Folder& folder, int first, int last, const char* mode = "") {
  Outcome outcome;
  FILE* pipe = popen(command(program, folder, first, last, mode).c_str(), "r");
  if (!pipe) return outcome;
  const int read = std::fscanf(pipe, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
                               &outcome.digest, &outcome.functions, &outcome.hits, &outcome.misses, &outcome.mismatches,
                               &outcome.machines, &outcome.workspaces);
  outcome.ran = pclose(pipe) == 0 && read == 7;
  return outcome;
}

inline pid_t start(const char* program, const Folder& folder, int first, int last) {
  const pid_t child = fork();
  if (child == 0) {
    if (!std::freopen("/dev/null", "w", stdout)) _exit(3);
    execl(program, program, folder.path().c_str(), std::to_string(first).c_str(), std::to_string(last).c_str(),
          static_cast<char*>(nullptr));
    _exit(2);
  }
  return child;
}

/// The exit code, or -1 if it was killed.
inline int wait_for(pid_t child) {
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// A sound entry for a request that nobody makes.
inline base::Bytes an_entry(unsigned number, std::size_t object_size, const std::string& name = "") {
  base::Bytes request, object(object_size, static_cast<std::byte>(number));
  base::Writer(request).text("function " + std::to_string(number));
  Report report;
  report.name = name;
  const base::Bytes facts = cache::write_facts({"f", {"f"}, report});
  return cache::write_entry({base::hash128(request), request, {}, facts, object});
}

}  // namespace inlay::caching
