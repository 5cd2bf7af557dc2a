// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program and its text, kept in step: what changed in the text is changed in the module.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "inlay/ir/expand.h"
#include "inlay/ir/module.h"
#include "inlay/ir/text.h"
#include "inlay/result.h"

namespace inlay::aot {

/// A file as it was when it was read.
struct SourceText {
  std::string name;  // as the user says it
  std::string text;
};

/// One program. After update() succeeded, its module is what a new one made of the same texts would be, in all that
/// can be seen of a program.
class Project {
 public:
  static Result<Project> create();

  /// Reads, verifies and expands the program. If only bodies of functions have changed since the last time, only those
  /// are read and verified. After an error, the next one starts anew.
  Result<void> update(std::vector<SourceText> sources, const std::vector<std::string>& libraries);

  const ir::Module& module() const { return module_; }
  const ir::Reach& reach() const { return reach_; }
  /// Whether the last update took the short way; otherwise handles of the module are new ones.
  bool was_incremental() const { return incremental_; }
  /// Grows with each update; and what has changed in the last one, if that was incremental.
  std::uint64_t state() const { return state_; }
  std::span<const ir::FunctionId> changed() const { return changed_; }
  /// Memory of a text that is not used any more, for the next one.
  std::string take_spare() { return std::exchange(spare_, {}); }

  /// A library as it was when it was read.
  struct LibraryState {
    std::string path;
    std::int64_t size = 0, seconds = 0, nanoseconds = 0;
    std::uint64_t number = 0;
    friend bool operator==(const LibraryState&, const LibraryState&) = default;
  };
  struct Times {
    double difference = 0, parse = 0, verify = 0, expand = 0;
  };
  const Times& times() const { return times_; }

 private:
  explicit Project(ir::Module module) : module_(std::move(module)) {}

  /// A declaration of a text, by where it stands and what it declares.
  struct Declared {
    std::size_t begin = 0, end = 0;
    std::uint32_t line = 1;
    ir::Symbol symbol;  // none for types, and for names that are written with escapes
    bool is_function = false;
  };
  struct Source {
    SourceText file;
    std::vector<Declared> declarations;
    bool located = true;            // in itself: it names no files
    std::vector<ir::FileId> files;  // by the numbers that it gives them
  };
  /// A function that says something else now.
  struct Change {
    std::size_t declaration;
    std::size_t begin, end;  // in the new text
  };

  Result<void> read_all(std::vector<SourceText> sources);
  static bool find_changes(const Source& before, const std::string& now, std::vector<Change>& changes);
  bool apply(Source& source, SourceText now, const std::vector<Change>& changes);
  bool verify_changed(bool tables_grew);
  std::vector<std::uint32_t> mentions(ir::FunctionId function) const;
  void move_lines(const Source& source, const std::vector<std::int64_t>& by);

  ir::Module module_;
  ir::Reach reach_;
  std::vector<Source> sources_;
  std::vector<LibraryState> libraries_;
  bool whole_ = false;  // module and sources belong together
  bool incremental_ = false;
  std::uint64_t state_ = 0;
  std::vector<ir::FunctionId> changed_;
  bool reach_changed_ = false;  // by the changes of the last update
  std::string spare_;
  std::size_t insts_when_read_ = 0;
  Times times_;
};

}  // namespace inlay::aot
