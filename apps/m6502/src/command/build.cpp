// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/build.h"

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
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

/// Of so many cycles, or what a run has written to a file.
Result<Profile> profile_of(const Session& session, const std::string& option) {
  std::int64_t cycles = 0;
  const auto [end, error] = std::from_chars(option.data(), option.data() + option.size(), cycles);
  if (end == option.data() + option.size()) {
    if (error != std::errc() || cycles < 1 || cycles > std::int64_t{1} << 40)
      return Error(ErrorKind::InvalidArgument, "--profile: " + option + " is not between 1 and 2^40 cycles");
    return profile(session.image, session.variant, cycles);
  }
  INLAY_TRY(const std::vector<std::uint8_t> bytes, read_file(option));
  INLAY_TRY(Profile made, read_profile({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, option));
  if (made.variant() != session.variant)
    return Error(ErrorKind::InvalidArgument, "is of another processor than the program", {.file = option});
  return made;
}

Result<int> build_program(const Options& options) {
  INLAY_TRY(const std::unique_ptr<Session> session, read_program(options));
  std::error_code error;
  if (options.file != "-" && std::filesystem::equivalent(options.file, options.output, error))
    return Error(ErrorKind::InvalidArgument, "is the program; the executable needs another name",
                 {.file = options.output});
  BuildOptions building;
  building.variant = session->variant;
  std::optional<Profile> seen;
  if (!options.profile.empty()) {
    INLAY_TRY(seen, profile_of(*session, options.profile));
    building.profile = &*seen;
  }
  building.files = options.files;
  INLAY_TRY(building.player, find_player());
  INLAY_TRY(const Built built, m6502::build(session->image, options.output, building));
  if (options.statistics) std::fprintf(stderr, "%zu regions of %zu instructions\n", built.regions, built.instructions);
  return StatusGood;
}

}  // namespace

int build(const Options& options) { return status_of(build_program(options)); }

}  // namespace inlay::m6502::command
