// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The run-tests as executables: one a file, whose main calls the functions of all checks and writes what they return.
// Those that trap run apart, chosen by the number of arguments. For other processors in qemu, if it is installed.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/temporary_folder.h"
#include "inlay/aot.h"
#include "inlay/ir/builder.h"
#include "inlay/lower.h"
#include "run_file.h"

#include <gtest/gtest.h>

namespace inlay::ir::test {
namespace {

struct Way {
  Level level;
  Architecture architecture;
  const char* name;
};
constexpr Way ways[] = {
    {Level::O0, Architecture::X86_64, "O0"},          {Level::O2, Architecture::X86_64, "O2"},
    {Level::O2, Architecture::AArch64, "aarch64"},    {Level::O2, Architecture::RiscV64, "riscv64"},
    {Level::O0, Architecture::AArch64, "aarch64_O0"}, {Level::O0, Architecture::RiscV64, "riscv64_O0"}};

/// A function of C's type `ssize_t (int, void*, size_t)` that is the system call.
FunctionId add_write(Module& module) {
  FunctionId write = module.function("test.write", module.signature({I32, Ptr, I64}, I64));
  module.set_assembly(write, Architecture::X86_64, "\nmov eax, 1\nsyscall\nret\n");
  module.set_assembly(write, Architecture::AArch64, "\nmov x8, #64\nsvc #0\nret\n");
  module.set_assembly(write, Architecture::RiscV64, "\nli a7, 64\necall\nret\n");
  return write;
}

/// Adds the program's beginning. Without arguments it does all checks that do not trap, with n the one of that number.
void add_main(RunFile& file) {
  Module& module = file.module;
  const FunctionId write = add_write(module);
  const FunctionId main = module.function("main", module.signature({I32, Ptr}, I32), FunctionExported);
  Builder b(module);
  b.begin(main);
  const Value result = b.slot(I64);
  const BlockId all = b.block();
  std::vector<Builder::Case> cases;
  for (std::size_t i = 0; i < file.checks.size(); ++i)
    if (file.checks[i].trap) cases.push_back({static_cast<std::int64_t>(i) + 2, b.block()});
  b.switch_on(b.parameter(0), all, cases);
  b.start(all);
  for (const Check& check : file.checks) {
    if (check.trap) continue;
    b.store(I64, b.call(check.id, {}), result);
    b.call(write, {1, result, 8});
  }
  b.ret(0);
  for (const Builder::Case& each : cases) {
    b.start(each.target.block);
    b.call(file.checks[static_cast<std::size_t>(each.value - 2)].id, {});
    b.ret(0);
  }
  b.end();
}

std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::string output;
  char buffer[4096];
  for (std::size_t size; pipe && (size = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, size);
  if (pipe) ::pclose(pipe);
  return output;
}

/// `file:12: trap: division by zero in @f` → `division by zero in @f`, and the place
Result<std::int64_t> trap_in(const std::string& said) {
  const std::size_t at = said.find("trap: ");
  if (at == std::string::npos) return Error(ErrorKind::LinkFailed, "the program ended early and said: '" + said + "'");
  const std::size_t begin = at + 6;
  Place place;
  const std::size_t colon = said.rfind(':', at < 3 ? 0 : at - 3);
  if (at > 2 && colon != std::string::npos)
    place = {said.substr(0, colon), static_cast<std::uint32_t>(std::atoi(&said[colon + 1])), 0};
  return Error(ErrorKind::Trap, said.substr(begin, said.find('\n', begin) - begin), std::move(place));
}

/// Runs the program at `command`, once for all checks that do not trap.
Engine engine(const RunFile& file, std::string command) {
  auto results = std::make_shared<std::map<const Check*, std::int64_t>>();
  const std::string bytes = output_of(command + " 2>/dev/null");
  std::size_t at = 0;
  for (const Check& check : file.checks) {
    if (check.trap || at + 8 > bytes.size()) continue;
    std::memcpy(&(*results)[&check], bytes.data() + at, 8);
    at += 8;
  }
  return [&file, results, command = std::move(command)](const Check& check) -> Result<std::int64_t> {
    if (auto known = results->find(&check); known != results->end()) return known->second;
    std::string arguments;
    if (check.trap)
      for (std::ptrdiff_t i = &check - file.checks.data(); i >= 0; --i) arguments += " a";
    return trap_in(output_of("exec 2>&1 >/dev/null " + command + arguments));
  };
}

class Executables : public testing::TestWithParam<std::tuple<std::string, Way>> {
 protected:
  base::TemporaryFolder folder_ = *base::TemporaryFolder::make();
};

TEST_P(Executables, do_what_they_say) {
  const auto& [path, way] = GetParam();
  const bool host = way.architecture == Architecture::X86_64;
  const std::string qemu = "/usr/bin/qemu-" + std::string(to_string(way.architecture));
  if (!host && ::access(qemu.c_str(), X_OK) != 0) GTEST_SKIP() << "qemu-user is not installed";
  Result<RunFile> file = read_run_file(path);
  ASSERT_TRUE(file) << file.error().to_string();
  add_main(*file);
  Result<Unit> unit = lower(file->module, {.architecture = way.architecture, .roots = {"main"}});
  ASSERT_TRUE(unit) << unit.error().to_string();
  const std::string program = folder_.file("program");
  Result<void> written = aot::write_executable(
      *unit, program, {.level = way.level, .architecture = way.architecture, .freestanding = !host});
  if (!written && !host && written.error().kind() == ErrorKind::UndefinedSymbol)
    GTEST_SKIP() << "needs a C library: " << written.error().message();
  ASSERT_TRUE(written) << written.error().to_string();
  const std::string command = (host ? "" : qemu + ' ') + program;
  for (const std::string& failure : run_checks(*file, engine(*file, command))) ADD_FAILURE() << failure;
}

/// All files here; every third of those that a script wrote, and all others, in qemu, which takes its time.
std::vector<std::tuple<std::string, Way>> parameters() {
  std::vector<std::tuple<std::string, Way>> found;
  unsigned number = 0;
  for (const std::string& path : all_run_files()) {
    const bool generated = path.find("/operations/") != std::string::npos;
    for (const Way& way : ways)
      if (way.architecture == Architecture::X86_64 || !generated || number % 3 == 0) found.emplace_back(path, way);
    number += generated;
  }
  return found;
}

INSTANTIATE_TEST_SUITE_P(All, Executables, testing::ValuesIn(parameters()), [](const auto& info) {
  std::string name =
      std::filesystem::path(std::get<0>(info.param)).stem().string() + '_' + std::get<1>(info.param).name;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
});

}  // namespace
}  // namespace inlay::ir::test
