// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "commands.h"
#include "common/line_reader.h"
#include "session.h"

#include <string>

namespace lox {
namespace {

using inlay::apps::LineReader;

constexpr const char* file = "repl";

/// What to do with the lines typed so far.
struct Decision {
  bool is_unfinished = false;
  std::string program;
};

bool is_program(const std::string& text, Session& session) { return parse(text, session.globals()).script != nullptr; }

Decision decide(const std::string& text, Session& session) {
  const Parsed parsed = parse(text, session.globals());
  if (parsed.script || !parsed.at_end) return {false, text};
  // The text begins a program, so its parentheses are not closed more often than opened. A comment may end it.
  if (std::string printed = "print (" + text + "\n);"; is_program(printed, session)) return {false, std::move(printed)};
  // A semicolon is not forgotten for the sake of another line.
  return {!is_program(text + "\n;", session), text};
}

}  // namespace

int repl(const RunOptions& options) {
  Session session(options.mode);
  begin(session, options);
  const std::unique_ptr<LineReader> reader = inlay::apps::new_line_reader("inlay-lox");
  std::string text;
  std::string line;
  Outcome outcome = Outcome::Succeeded;
  while (outcome != Outcome::OutputError) {
    const LineReader::Event event = reader->read(text.empty() ? "> " : "| ", line);
    if (event == LineReader::Event::Interrupted) {
      text.clear();
      continue;
    }
    if (event == LineReader::Event::End) {
      if (!text.empty()) session.run(text, file);  // which says what is missing
      break;
    }
    text += line;
    Decision decision = decide(text, session);
    if (decision.is_unfinished) {
      text += '\n';
      continue;
    }
    text.clear();
    outcome = session.run(decision.program, file);
  }
  end(session, options);
  return outcome == Outcome::OutputError ? status_output_error : 0;
}

}  // namespace lox
