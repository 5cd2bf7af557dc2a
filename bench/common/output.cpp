// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "output.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace bench {
namespace {

constexpr int first_width = 34;
constexpr int least_width = 9;

int width_of(const Column& column) { return std::max(least_width, static_cast<int>(column.name.size())); }

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string json_of(const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return quoted(*text);
  char number[32];
  std::snprintf(number, sizeof number, "%.6g", std::get<double>(cell));
  return number;
}

}  // namespace

Output::Output(std::string benchmark, int argc, char** argv) : benchmark_(std::move(benchmark)) {
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) {
      json_ = true;
    } else if (std::strcmp(argv[i], "--quick") == 0) {
      quick_ = true;
    } else {
      std::fprintf(stderr, "%s: unknown argument %s (usage: %s [--quick] [--json])\n", argv[0], argv[i], argv[0]);
      std::exit(2);
    }
  }
}

void Output::table(std::string title, std::vector<Column> columns) {
  if (!json_) {
    std::printf("\n%s\n", title.c_str());
    for (const Column& column : columns) {
      if (&column == &columns.front()) {
        std::printf("%-*s", first_width, column.name.c_str());
      } else {
        std::printf("  %*s", width_of(column), column.name.c_str());
      }
    }
    std::printf("\n");
  }
  tables_.push_back({std::move(title), std::move(columns), {}, {}});
}

void Output::row(std::vector<Cell> cells) {
  Table& table = tables_.back();
  if (!json_) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const Column& column = table.columns[i];
      const auto* text = std::get_if<std::string>(&cells[i]);
      if (i == 0) {
        std::printf("%-*s", first_width, text ? text->c_str() : "");
      } else if (text) {
        std::printf("  %*s", width_of(column), text->c_str());
      } else {
        std::printf("  %*.*f", width_of(column), column.decimals, std::get<double>(cells[i]));
      }
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  table.rows.push_back(std::move(cells));
}

void Output::note(const std::string& text) {
  if (!json_) std::printf("%s\n", text.c_str());
  tables_.back().notes.push_back(text);
}

void Output::fail(const std::string& why) {
  failed_ = true;
  std::fprintf(stderr, "%s: %s\n", benchmark_.c_str(), why.c_str());
}

int Output::finish() {
  if (json_) {
    std::printf("{\"benchmark\": %s, \"tables\": [", quoted(benchmark_).c_str());
    const char* before_table = "\n";
    for (const Table& table : tables_) {
      std::printf("%s {\"title\": %s, \"rows\": [", before_table, quoted(table.title).c_str());
      const char* before_row = "\n";
      for (const std::vector<Cell>& row : table.rows) {
        std::printf("%s  {", before_row);
        for (std::size_t i = 0; i < row.size(); ++i) {
          std::printf("%s%s: %s", i ? ", " : "", quoted(table.columns[i].name).c_str(), json_of(row[i]).c_str());
        }
        std::printf("}");
        before_row = ",\n";
      }
      std::printf("], \"notes\": [");
      for (std::size_t i = 0; i < table.notes.size(); ++i) {
        std::printf("%s%s", i ? ", " : "", quoted(table.notes[i]).c_str());
      }
      std::printf("]}");
      before_table = ",\n";
    }
    std::printf("]}\n");
  }
  return failed_ ? 1 : 0;
}

}  // namespace bench
