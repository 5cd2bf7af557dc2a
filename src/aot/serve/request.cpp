// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <filesystem>
#include <system_error>

#include "inlay/serve.h"

namespace inlay::aot {

namespace {

/// Whoever writes `-o hello.inlay` means something else.
Result<void> refuse_output_over_input(const BuildOptions& options) {
  std::error_code not_there;
  for (const std::vector<std::string>* files : {&options.programs, &options.libraries})
    for (const std::string& file : *files)
      if (std::filesystem::equivalent(file, options.output, not_there))
        return Error(ErrorKind::InvalidArgument,
                     "'" + options.output + "' is read for this build; give the output another name");
  return {};
}

}  // namespace

Result<std::optional<BuildRequest>> request_for(const BuildOptions& options) {
  INLAY_TRY_VOID(refuse_output_over_input(options));
  using MoreThanThat = std::optional<BuildRequest>;
  if (options.form != BuildForm::Executable || options.architecture != Architecture::X86_64 || options.debug ||
      !options.libraries.empty() || !options.profile.empty() || options.whole)
    return MoreThanThat();
  BuildRequest request;
  for (const std::string& program : options.programs) {
    if (program == "-") return MoreThanThat();
    (program.ends_with(".inlaylib") ? request.libraries : request.sources).push_back(program);
  }
  if (request.sources.empty()) return MoreThanThat();
  request.output = options.output;
  request.level = options.level;
  request.strip = options.strip;
  request.native = options.native;
  return std::optional<BuildRequest>(std::move(request));
}

}  // namespace inlay::aot
