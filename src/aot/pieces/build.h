// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whole programs from pieces: what is known is looked up, what is missing is compiled, all is put together.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
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

class Linker;

struct PieceOptions {
  Level level = Level::O2;
  codegen::Cpu cpu = codegen::Cpu::Portable;
  bool strip = false;
  unsigned threads = 1;
  unsigned batch = 32;
  std::string entry = "_start";  // where the program begins
  /// Objects of which the program gets what it needs, and what that needs in turn.
  const std::vector<std::string>* support = nullptr;
  std::stop_token stop = {};
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
  PieceBuilder(Store& store, Machines& machines);
  PieceBuilder(PieceBuilder&&) = delete;
  ~PieceBuilder();

  /// A static executable for x86-64, in `file`. With the file that the last build made, it takes less where little has
  /// changed. The module was verified, and expanded into `reach`. An error (kind
  /// UndefinedSymbol), before anything is compiled, if it reaches what is external and not in `options.support`; or
  /// (kind Changed) if it was stopped: what was compiled until then is kept.
  Result<PieceReport> build_executable(const ir::Module& module, const ir::Reach& reach, const PieceOptions& options,
                                       base::Bytes& file, const Edits& edits = {});
  /// One object, to be linked with others. `options.entry` and `support` are not looked at.
  Result<PieceReport> build_object(const ir::Module& module, const ir::Reach& reach, const PieceOptions& options,
                                   base::Bytes& file);

  /// To be called when functions or data of the module have got other handles or names than in the build before, or it
  /// is another module.
  void forget();

 private:
  std::vector<const Piece*> gather(const ir::Module& module, const ir::Reach& reach,
                                   std::span<const Piece* const> functions, PieceReport& report);
  Result<std::vector<const Piece*>> function_pieces(const ir::Module& module, const ir::Reach& reach,
                                                    const PieceOptions& options, const Edits& edits,
                                                    PieceReport& report);
  bool follows_last(const ir::Reach& reach, const Edits& edits) const;
  std::optional<std::vector<std::size_t>> affected(const ir::Reach& reach, std::span<const ir::Inlining> inlining,
                                                   const base::Hash128& digest, const Edits& edits) const;
  Result<void> read_support(const PieceOptions& options);
  Result<void> check_externals(const ir::Module& module, const ir::Reach& reach) const;
  void add_support(std::vector<const Piece*>& pieces, const PieceOptions& options);
  Result<void> link(std::span<const Piece* const> functions, const ir::Module& module, const ir::Reach& reach,
                    const PieceOptions& options, base::Bytes& file, PieceReport& report);
  bool relink(std::span<const Piece* const> functions, const ir::Module& module, const ir::Reach& reach,
              const PieceOptions& options, const base::Bytes& file);
  std::vector<std::uint32_t> mentions(const Piece& function) const;

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
  /// The program that was linked last.
  struct Linked {
    std::unique_ptr<Linker> linker;  // null: there was none
    const base::Bytes* file = nullptr;
    std::size_t size = 0;
    bool strip = false;
    std::string entry;
    std::vector<ir::FunctionId> functions;
    std::vector<ir::DataId> data;
    std::vector<const Piece*> pieces;   // of the functions
    std::vector<std::uint32_t> places;  // of those, among all pieces
    std::vector<bool> names;            // by number of a SymbolId: whether it is one of those functions
    std::uint32_t records = 0;          // the place of their records, or 0
    std::size_t data_count = 0;
  };
  Linked linked_;
  std::unique_ptr<ModuleSymbols> symbols_;
  std::vector<std::unique_ptr<const Piece>> data_;  // by DataId
  std::vector<ir::FunctionId> recorded_;            // whose records are in `records_`
  std::vector<Piece> records_;                      // first the records, then the table of them
  std::vector<Piece> support_;
  std::unordered_map<std::uint32_t, std::uint32_t> support_by_name_;  // SymbolId to place in `support_`
  std::vector<std::string> support_from_;                             // the objects that those come from
};

}  // namespace inlay::aot
