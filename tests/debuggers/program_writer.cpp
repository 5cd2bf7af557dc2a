// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes a program in the text form as an executable with debug information: program_writer FILE LEVEL EXECUTABLE.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "inlay/aot.h"
#include "inlay/ir/text.h"
#include "inlay/lower.h"

namespace {

inlay::Result<void> write(const std::string& path, inlay::Level level, const std::string& executable) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  INLAY_TRY(inlay::ir::Module module, inlay::ir::parse(text, {.file = path}));
  INLAY_TRY(inlay::Unit unit, inlay::lower(module, {.debug = true}));
  return inlay::aot::write_executable(unit, executable, {.level = level});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const inlay::Level level = argv[2][0] == '0'   ? inlay::Level::O0
                             : argv[2][0] == '1' ? inlay::Level::O1
                                                 : inlay::Level::O2;
  inlay::Result<void> written = write(argv[1], level, argv[3]);
  if (written) return 0;
  std::fprintf(stderr, "%s\n", written.error().to_string().c_str());
  return 1;
}
