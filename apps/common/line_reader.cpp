// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "common/line_reader.h"

#include <histedit.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <new>
#include <string_view>

namespace inlay::apps {
namespace {

namespace fs = std::filesystem;

constexpr int HistoryLines = 1000;

/// Empty if there is no place for it.
fs::path history_file(const char* command) {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  fs::path folder;
  if (state != nullptr && fs::path(state).is_absolute())
    folder = state;
  else if (home != nullptr && *home != '\0')
    folder = fs::path(home) / ".local" / "state";
  else
    return {};
  folder /= command;
  std::error_code error;
  fs::create_directories(folder, error);
  return error ? fs::path() : folder / "history";
}

/// A terminal, through libedit. While a line is typed, Ctrl-C is a key like any other; while a program runs, it is what
/// it always is.
class Terminal final : public LineReader {
 public:
  explicit Terminal(const char* command)
      : editor_(el_init(command, stdin, stdout, stderr)),
        history_(history_init()),
        history_file_(history_file(command)) {
    if (editor_ == nullptr || history_ == nullptr) throw std::bad_alloc();
    el_set(editor_, EL_CLIENTDATA, this);
    el_set(editor_, EL_PROMPT, &Terminal::prompt);
    el_set(editor_, EL_EDITOR, "emacs");
    el_set(editor_, EL_SIGNAL, 1);  // redraws after Ctrl-Z, and when the window changes
    el_set(editor_, EL_HIST, history, history_);
    el_set(editor_, EL_ADDFN, "drop-line", "Drop what was typed", &Terminal::drop);
    el_set(editor_, EL_BIND, "^C", "drop-line", nullptr);
    el_set(editor_, EL_SETTY, "-d", "-intr", "intr=", nullptr);
    HistEvent event;
    history(history_, &event, H_SETSIZE, HistoryLines);
    history(history_, &event, H_SETUNIQUE, 1);
    if (!history_file_.empty()) history(history_, &event, H_LOAD, history_file_.c_str());
    el_source(editor_, nullptr);  // ~/.editrc
  }
  Terminal(const Terminal&) = delete;
  ~Terminal() override {
    history_end(history_);
    el_end(editor_);
  }

  bool is_terminal() const override { return true; }

  Event read(const char* prompt, std::string& line) override {
    prompt_ = prompt;
    dropped_ = false;
    int count = 0;
    const char* text = nullptr;
    // Signals that come close together (Ctrl-Z, fg, a new size) may interrupt a read more than once: libedit gives up
    // then.
    do {
      errno = 0;
      text = el_gets(editor_, &count);
    } while (text == nullptr && errno == EINTR && !dropped_);
    if (dropped_) {
      std::fputs("^C\n", stdout);
      return Event::Interrupted;
    }
    if (text == nullptr || count <= 0) {
      std::fputs("\n", stdout);
      return Event::End;
    }
    line.assign(text, static_cast<std::size_t>(count));
    if (line.back() == '\n') line.pop_back();
    if (line.find_first_not_of(" \t") != std::string::npos) remember(line);
    return Event::Line;
  }

 private:
  static Terminal& of(EditLine* editor) {
    void* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<Terminal*>(self);
  }
  static const char* prompt(EditLine* editor) { return of(editor).prompt_; }
  static unsigned char drop(EditLine* editor, int) {
    of(editor).dropped_ = true;
    return CC_EOF;
  }

  /// At once, since what the line does may end the process.
  void remember(const std::string& line) {
    HistEvent event;
    history(history_, &event, H_ENTER, line.c_str());
    if (!history_file_.empty()) history(history_, &event, H_SAVE, history_file_.c_str());
  }

  EditLine* editor_;
  History* history_;
  fs::path history_file_;
  const char* prompt_ = "";
  bool dropped_ = false;
};

/// Byte by byte: what stands behind a command may be for the program to read.
class Plain final : public LineReader {
 public:
  bool is_terminal() const override { return false; }

  Event read(const char* prompt, std::string& line) override {
    if (isatty(STDIN_FILENO) != 0) std::fputs(prompt, stderr);
    line.clear();
    char c = 0;
    ssize_t got;
    while ((got = ::read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') line.push_back(c);
    return got == 1 || !line.empty() ? Event::Line : Event::End;
  }
};

}  // namespace

std::unique_ptr<LineReader> new_line_reader(const char* command) {
  if (isatty(STDIN_FILENO) == 0 || isatty(STDOUT_FILENO) == 0) return std::make_unique<Plain>();
  // For characters that take more than a byte or a column. Where nothing is said of them, they are UTF-8.
  const char* locale = std::setlocale(LC_CTYPE, "");
  if (locale == nullptr || std::string_view(locale) == "C") std::setlocale(LC_CTYPE, "C.UTF-8");
  return std::make_unique<Terminal>(command);
}

}  // namespace inlay::apps
