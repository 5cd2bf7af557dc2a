// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the commands of the apps do alike with their words, by CLI11.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <map>
#include <new>
#include <optional>
#include <sstream>
#include <string>

namespace inlay::apps {

/// Takes the names of a table, which stays where it is; of others it lists all that there are.
template <class T>
CLI::Validator one_of(const std::map<std::string, T>& names) {
  return CLI::Validator(
      [&names](const std::string& text) {
        if (names.contains(text)) return std::string();
        std::string all;
        for (const auto& [name, value] : names) all += (all.empty() ? "" : ", ") + name;
        return "'" + text + "' is none of " + all;
      },
      "", "name");
}

/// -h and --help; a mistake becomes one line that begins with the command's name and ends with where to read more.
inline void describe(CLI::App& app, const std::string& command) {
  app.set_help_flag("-h,--help", "Show this and exit");
  app.failure_message([command](const CLI::App*, const CLI::Error& error) {
    return command + ": " + error.what() + "; see " + command + " --help\n";
  });
}

/// Parses by `parse`, which calls the parser of `app`. A status if there is nothing more to do: 0 when help or the
/// version was asked for and written, `mistaken` when a mistake was told.
template <class Parse>
std::optional<int> parse_words(CLI::App& app, int mistaken, Parse parse) {
  try {
    parse();
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    std::ostringstream output, errors;
    const int status = app.exit(error, output, errors);
    std::fputs(output.str().c_str(), stdout);
    std::fputs(errors.str().c_str(), stderr);
    return status == 0 ? 0 : mistaken;
  }
}

/// What `body` returns. No exception leaves: a message and `failed` instead.
template <class Body>
int run_safely(const char* command, int failed, Body body) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "%s: not enough memory\n", command);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", command, error.what());
  }
  return failed;
}

}  // namespace inlay::apps
