// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// inlay serve: builds for `inlay build`, and keeps what it has built.
#include <memory>

#include <CLI/CLI.hpp>

#include "inlay/serve.h"
#include "tool/tool.h"

namespace inlay::tool {

void add_serve_command(CLI::App& app, int& exit_code) {
  struct Request {
    aot::ServeOptions options;
    unsigned idle = 0;
  };
  auto request = std::make_shared<Request>();
  CLI::App* command = app.add_subcommand("serve", "Build for `inlay build`, and keep the code of each function");
  command->footer(
      "Examples:\n"
      "  inlay serve &                       until SIGTERM\n"
      "  inlay serve --store ~/.cache/pieces --idle 3600");
  command->add_option("--socket", request->options.socket,
                      "Where to listen (default: $XDG_RUNTIME_DIR/inlay/server or /tmp/inlay-UID/server)");
  command->add_option("--store", request->options.store, "Where code is kept for the next server");
  command->add_option("--idle", request->idle, "End when nobody has asked for so many seconds");
  command->callback([request, &exit_code] {
    request->options.idle = std::chrono::seconds(request->idle);
    const Result<void> served = aot::serve(request->options);
    exit_code = served ? 0 : fail(served.error());
  });
}

}  // namespace inlay::tool
