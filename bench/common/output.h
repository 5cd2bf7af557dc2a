// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a benchmark prints: tables, as text while they grow or, with --json, as one object in the end.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace bench {

/// A column of numbers, or of words if it is the first.
struct Column {
  std::string name;
  int decimals = 1;
};

using Cell = std::variant<std::string, double>;

class Output {
 public:
  /// Understands --json and --quick (fewer and shorter runs, to see that everything works); ends the process on
  /// anything else.
  Output(std::string benchmark, int argc, char** argv);

  bool quick() const { return quick_; }
  /// `full`, or `few` with --quick.
  int runs(int full, int few) const { return quick_ ? few : full; }

  /// Starts a table; the rows that follow are its rows.
  void table(std::string title, std::vector<Column> columns);
  void row(std::vector<Cell> cells);
  /// A line of text below the table.
  void note(const std::string& text);
  /// Makes the exit code 1.
  void fail(const std::string& why);

  /// Prints what is left to print; the exit code of the program.
  int finish();

 private:
  struct Table {
    std::string title;
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;
    std::vector<std::string> notes;
  };

  std::string benchmark_;
  bool json_ = false;
  bool quick_ = false;
  bool failed_ = false;
  std::vector<Table> tables_;
};

}  // namespace bench
