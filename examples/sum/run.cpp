// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "run.h"

#include "inlay/jit.h"

namespace sum {

inlay::Result<int> run(inlay::Unit unit, std::vector<std::string> arguments, inlay::Level level) {
  INLAY_TRY(inlay::Jit jit, inlay::Jit::create());
  INLAY_TRY(inlay::Loaded loaded, jit.load(std::move(unit), level));
  auto* main = loaded.function<int(int, char**)>("main");
  arguments.insert(arguments.begin(), "sum");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return main(static_cast<int>(arguments.size()), argv.data());
}

}  // namespace sum
