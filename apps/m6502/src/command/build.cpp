// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/build.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "command/run.h"
#include "command/session.h"

namespace inlay::m6502::command {

namespace {

/// The library that executables take their interpreter from: beside the command, or where it is installed.
Result<std::string> find_player() {
  constexpr const char* Name = "libinlay_m6502_player.a";
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const std::filesystem::path& folder : {self, (self / INLAY_6502_LIBDIR).lexically_normal()})
    if (!error && std::filesystem::exists(folder / Name, error)) return (folder / Name).string();
  return Error(ErrorKind::File,
               "is not there: executables are made with it; it belongs beside inlay-6502, or into " +
                   (self / INLAY_6502_LIBDIR).lexically_normal().string(),
               {.file = Name});
}

Result<int> build_program(const Options& options) {
  INLAY_TRY(const std::unique_ptr<Session> session, read_program(options));
  std::error_code error;
  if (options.file != "-" && std::filesystem::equivalent(options.file, options.output, error))
    return Error(ErrorKind::InvalidArgument, "is the program; the executable needs another name",
                 {.file = options.output});
  BuildOptions building;
  building.variant = session->variant;
  building.profile = options.profile;
  building.files = options.files;
  INLAY_TRY(building.player, find_player());
  INLAY_TRY(const Built built, m6502::build(session->image, options.output, building));
  if (options.statistics) std::fprintf(stderr, "%zu regions of %zu instructions\n", built.regions, built.instructions);
  return StatusGood;
}

}  // namespace

int build(const Options& options) { return status_of(build_program(options)); }

}  // namespace inlay::m6502::command
