// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the tests of this room share: units from text, a folder that goes away, programs run.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "base/temporary_folder.h"
#include "inlay/architecture.h"
#include "inlay/ir/text.h"
#include "inlay/llvm.h"
#include "inlay/lower.h"
#include "inlay/unit.h"
#include "ir/symbol_names.h"

#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/SourceMgr.h>

#include <gtest/gtest.h>

namespace inlay::aot {

/// A unit with this LLVM IR.
inline Unit unit_of(const std::string& text) {
  Unit unit = Unit::create("test");
  llvm::SMDiagnostic diagnostic;
  bool failed = llvm::parseAssemblyInto(llvm::MemoryBufferRef(text, "test"), &module_of(unit), nullptr, diagnostic);
  EXPECT_FALSE(failed) << diagnostic.getMessage().str() << " in " << diagnostic.getLineContents().str();
  return unit;
}

/// A unit with this program; empty with a failure if it is none.
inline std::optional<Unit> program_of(const std::string& text, Architecture architecture = Architecture::X86_64,
                                      bool debug = false, bool own_names = false) {
  Result<ir::Module> module = ir::parse(text, {.file = "test.inlay"});
  EXPECT_TRUE(module) << module.error().to_string();
  if (!module) return std::nullopt;
  if (own_names) ir::allow_own_names(*module);
  Result<Unit> unit = lower(*module, {.architecture = architecture, .debug = debug});
  EXPECT_TRUE(unit) << unit.error().to_string();
  if (!unit) return std::nullopt;
  return *std::move(unit);
}

/// What a program for that architecture is run with: nothing, or qemu; none if that is not installed.
inline std::optional<std::string> runner_of(Architecture architecture) {
  if (architecture == Architecture::X86_64) return "";
  const std::string qemu = "/usr/bin/qemu-" + std::string(to_string(architecture));
  if (::access(qemu.c_str(), X_OK) != 0) return std::nullopt;
  return qemu + " ";
}

/// Takes the terminator out of `main`.
inline void break_main(Unit& unit) { module_of(unit).getFunction("main")->front().back().eraseFromParent(); }

/// A new folder, removed with all it holds.
class Folder : public base::TemporaryFolder {
 public:
  Folder() : TemporaryFolder(*base::TemporaryFolder::make()) {}

  std::string operator/(const std::string& name) const { return file(name); }
  bool empty() const { return std::filesystem::is_empty(path()); }
};

struct Ran {
  std::string output;
  int status = -1;  // 128 + the signal, if one ended it
};

inline Ran run(const std::string& command) {
  Ran ran;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) return ran;
  std::array<char, 4096> buffer;
  for (std::size_t size; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    ran.output.append(buffer.data(), size);
  int status = ::pclose(pipe);
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ran;
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace inlay::aot
