// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The run-tests and programs from seeds, compiled in this process at each level.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <filesystem>

#include "generate_program.h"
#include "inlay/ir/interpret.h"
#include "inlay/jit.h"
#include "inlay/lower.h"
#include "inlay/trap.h"
#include "run_file.h"

namespace inlay::ir::test {
namespace {

const Jit& jit() {
  static const Jit made = Jit::create().value();
  return made;
}

Result<Loaded> compile(Module& module, Level level, bool debug = false) {
  LowerOptions options;
  options.debug = debug;
  INLAY_TRY(Unit unit, lower(module, options));
  return jit().load(std::move(unit), level);
}

Result<std::int64_t> call(const Loaded& loaded, const std::string& name) {
  auto* function = loaded.function<std::int64_t()>(name);
  if (!function) return Error(ErrorKind::NotFound, "'" + name + "' was not compiled");
  try {
    return function();
  } catch (const Trapped& trapped) {
    return trapped.error();
  }
}

using Case = std::tuple<std::string, Level>;

class CompiledRunFiles : public testing::TestWithParam<Case> {};

TEST_P(CompiledRunFiles, do_what_they_say) {
  const auto& [path, level] = GetParam();
  Result<RunFile> file = read_run_file(path);
  ASSERT_TRUE(file) << file.error().to_string();
  const Result<Loaded> loaded = compile(file->module, level, /*debug=*/level == Level::O1);
  ASSERT_TRUE(loaded) << loaded.error().to_string();
  const Engine engine = [&](const Check& check) { return call(*loaded, check.function); };
  for (const std::string& failure : run_checks(*file, engine)) ADD_FAILURE() << failure;
}

constexpr auto Levels = std::to_array<Level>({Level::O0, Level::O1, Level::O2, Level::O3});

INSTANTIATE_TEST_SUITE_P(All, CompiledRunFiles,
                         testing::Combine(testing::ValuesIn(all_run_files()), testing::ValuesIn(Levels)),
                         [](const auto& info) {
                           std::string name = std::filesystem::path(std::get<0>(info.param)).stem();
                           for (char& c : name)
                             if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
                           return name + "_O" + std::to_string(static_cast<int>(std::get<1>(info.param)));
                         });

/// What a program answers: its result, or how it trapped.
std::string answer(const Result<std::int64_t>& result) {
  return result ? std::to_string(*result) : result.error().to_string();
}

std::string interpreted(const Module& module) {
  Result<Interpreter> interpreter = Interpreter::create(module);
  if (!interpreter) return interpreter.error().to_string();
  const Result<Scalar> result = interpreter->call(FunctionId{module.find("main").id}, {});
  if (!result) return result.error().to_string();
  std::int64_t value;
  std::memcpy(&value, result->bytes, sizeof value);
  return std::to_string(value);
}

class CompiledPrograms : public testing::TestWithParam<Level> {};

TEST_P(CompiledPrograms, answer_as_interpreted_ones_do) {
  constexpr std::uint64_t Seeds = 300;
  for (std::uint64_t seed = 1; seed <= Seeds; ++seed) {
    Result<Module> module = generate_program(seed);
    ASSERT_TRUE(module) << module.error().to_string();
    const std::string expected = interpreted(*module);
    const Result<Loaded> loaded = compile(*module, GetParam());
    ASSERT_TRUE(loaded) << "seed " << seed << ": " << loaded.error().to_string();
    ASSERT_EQ(answer(call(*loaded, "main")), expected) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(All, CompiledPrograms, testing::ValuesIn(Levels),
                         [](const auto& info) { return "O" + std::to_string(static_cast<int>(info.param)); });

}  // namespace
}  // namespace inlay::ir::test
