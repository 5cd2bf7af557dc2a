// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whole programs from pieces: what is known is looked up, what is missing is compiled, all is put together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "aot/pieces/compile.h"
#include "aot/pieces/data.h"
#include "aot/pieces/store.h"
#include "inlay/ir/expand.h"
#include "inlay/ir/fingerprint.h"
#include "inlay/level.h"
#include "inlay/result.h"

namespace inlay::aot {

struct PieceOptions {
  Level level = Level::O2;
  codegen::Cpu cpu = codegen::Cpu::Portable;
  bool strip = false;
  unsigned threads = 1;
  unsigned batch = 32;
  std::string entry = "_start";  // where the program begins
  /// Objects of which the program gets what it needs, and what that needs in turn.
  const std::vector<std::string>* support = nullptr;
};

/// How a module differs from what it was, so that only that has to be looked at. `state` is a number that grows with
/// each change; since the state before this one, only bodies of `changed` have. 0: nothing is known.
struct Edits {
  std::uint64_t state = 0;
  std::span<const ir::FunctionId> changed = {};
};

/// What was done, and how long it took, in milliseconds.
struct PieceReport {
  std::size_t functions = 0, compiled = 0, data = 0;
  std::uint64_t bytes = 0;  // of the file
  double inlining = 0, fingerprints = 0, look_up = 0, compile = 0, data_time = 0, link = 0;
};

/// Builds one program again and again. What it remembers makes it faster and changes nothing else: with the same module
/// (however it came to be) and options, the file is the same, whatever the store held. One thread at a time.
class PieceBuilder {
 public:
  PieceBuilder(Store& store, Machines& machines) : store_(store), machines_(machines) {}

  /// A static executable for x86-64, in `file`. The module was verified, and expanded into `reach`. An error (kind
  /// UndefinedSymbol), before anything is compiled, if it reaches what is external and not in `options.support`.
  Result<PieceReport> build_executable(const ir::Module& module, const ir::Reach& reach, const PieceOptions& options,
                                       base::Bytes& file, const Edits& edits = {});
  /// One object, to be linked with others. `options.entry` and `support` are not looked at.
  Result<PieceReport> build_object(const ir::Module& module, const ir::Reach& reach, const PieceOptions& options,
                                   base::Bytes& file);

  /// To be called when functions or data of the module have got other handles or names than in the build before, or it
  /// is another module.
  void forget();

 private:
  Result<std::vector<const Piece*>> gather(const ir::Module& module, const ir::Reach& reach,
                                           const PieceOptions& options, const Edits& edits, PieceReport& report);
  Result<std::vector<const Piece*>> function_pieces(const ir::Module& module, const ir::Reach& reach,
                                                    const PieceOptions& options, const Edits& edits,
                                                    PieceReport& report);
  bool follows_last(const ir::Reach& reach, const Edits& edits) const;
  std::optional<std::vector<std::size_t>> affected(const ir::Reach& reach, std::span<const ir::Inlining> inlining,
                                                   const base::Hash128& digest, const Edits& edits) const;
  Result<void> read_support(const PieceOptions& options);
  Result<void> check_externals(const ir::Module& module, const ir::Reach& reach) const;
  void add_support(std::vector<const Piece*>& pieces, const PieceOptions& options);

  /// The functions of the last build, as far as it got.
  struct Last {
    std::uint64_t state = 0;  // 0: there was none
    base::Hash128 digest;
    std::vector<ir::FunctionId> functions;
    std::vector<ir::Inlining> inlining;
    std::vector<const Piece*> pieces;
  };

  Store& store_;
  Machines& machines_;
  Last last_;
  ir::InliningDecisions decisions_;  // of the last build
  std::unique_ptr<ModuleSymbols> symbols_;
  std::vector<std::unique_ptr<const Piece>> data_;  // by DataId
  std::vector<ir::FunctionId> recorded_;            // whose records are in `records_`
  std::vector<Piece> records_;                      // first the records, then the table of them
  std::vector<Piece> support_;
  std::unordered_map<std::uint32_t, std::uint32_t> support_by_name_;  // SymbolId to place in `support_`
  std::vector<std::string> support_from_;                             // the objects that those come from
};

}  // namespace inlay::aot
