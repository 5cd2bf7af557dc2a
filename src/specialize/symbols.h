// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Known memory as the evaluator sees it: host addresses as symbol + offset, and the constants that can be read there.
//
// No host address enters a unit as a number. A pointer that is read from constant memory becomes the symbol of what it
// points to (a frozen object, a runtime's function or variable) plus an offset; one that points elsewhere is not known,
// and the code that reads it stays. So a unit can run here, be kept, or be linked into another program.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "frozen/reads/read_log.h"
#include "frozen/reads/reads.h"
#include "frozen/registry.h"
#include "runtime/bodies.h"

#include <llvm/ADT/DenseSet.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Module.h>

namespace inlay::specialize {

/// The names of symbols for frozen objects. The number is the object's id for a file, where units may come together;
/// for this process they are counted as they are met, so that the same unit has the same names in each process.
constexpr const char* FrozenPrefix = "inlay.frozen.";
constexpr const char* GraphPrefix = "inlay.graph.";

/// A name as a person writes it, without what makes internal names unique.
std::string readable(llvm::StringRef name);

class Symbols {
 public:
  /// What the unit will be. A file must not hold a number that is an address of this process.
  enum class For { Process, File };

  Symbols(llvm::Module& unit, runtime::Bodies& bodies, For target = For::Process)
      : unit_(unit), bodies_(bodies), target_(target) {}

  /// From now on, writes down what is asked of constant memory, and the answers.
  void log_reads_to(frozen::ReadLog& log) { log_ = &log; }

  /// A pointer to `address` as a constant of the unit; null if nothing known lies there.
  llvm::Constant* pointer_to(const void* address);

  /// Where a constant pointer points in this process, if it is a known symbol plus an offset.
  struct Location {
    llvm::GlobalValue* symbol = nullptr;
    std::int64_t offset = 0;
    std::uintptr_t address = 0;  // in this process; 0: the host does not contain the symbol
  };
  std::optional<Location> locate(const llvm::Constant* pointer);

  /// Whether a known pointer points into no frozen object, but before or behind one.
  bool lies_outside(const llvm::Constant* pointer);

  /// The value of `type` at a known pointer whose memory never changes; null if it is not known or may change. Asked
  /// again, it answers the same, whatever happened to the promise meanwhile: the phases of the evaluator must agree.
  llvm::Constant* load(llvm::Constant* pointer, llvm::Type* type);

  /// Bytes that the request binds as a constant of `type`; null if a pointer among them leads nowhere known. In the log
  /// they lie at `offset` of all that it binds.
  llvm::Constant* constant(const std::byte* bytes, llvm::Type* type, std::uint64_t offset);

  /// Why load() gave null for this pointer, in plain words.
  std::string why_not_constant(llvm::Constant* pointer, llvm::Type* type);

  /// Shows LLVM the contents of small constant objects that the unit still refers to, so that it can fold what only its
  /// own passes make known: a table read in a loop that it unrolls. Counts as having read all of them.
  void show_contents();

  /// A global that stands for an address that is only known when the code runs, while the evaluator is at work. It is
  /// told apart from every other one and equal to none.
  llvm::GlobalVariable* new_placeholder(llvm::Align alignment);
  void drop_placeholder(llvm::GlobalVariable* placeholder);

  const std::map<llvm::GlobalVariable*, frozen::Object>& frozen_objects() const { return objects_; }
  const std::vector<std::shared_ptr<frozen::Region>>& held() const { return held_; }
  const std::vector<frozen::Read>& reads() const { return reads_; }
  /// Whether something was asked for whose promise was withdrawn meanwhile. What is made from here on is of no use.
  bool is_outdated() const { return outdated_; }
  llvm::Module& unit() { return unit_; }
  runtime::Bodies& bodies() { return bodies_; }

 private:
  /// Where the bytes come from that are made a constant.
  struct Source {
    frozen::ReadBase base;
    std::int64_t offset;
    const std::byte* begin;
  };

  llvm::Constant* load_anew(llvm::Constant* pointer, llvm::Type* type);
  void log(const std::byte* bytes, frozen::ReadKind kind, std::uint64_t size, const llvm::Constant* known);
  llvm::Constant* runtime_symbol(const void* address);
  llvm::Constant* frozen_symbol(const frozen::Object& object, std::int64_t offset);
  llvm::Constant* from_bytes(const std::byte* bytes, llvm::Type* type);
  llvm::Constant* contents_of(const frozen::Object& object, frozen::Read& read);
  llvm::Constant* load_initializer(llvm::GlobalVariable* variable, std::int64_t offset, llvm::Type* type);

  llvm::Module& unit_;
  runtime::Bodies& bodies_;
  std::map<llvm::GlobalVariable*, frozen::Object> objects_;
  std::map<std::uint32_t, std::uint32_t> numbers_;                // of objects, by id: counted as they were met
  std::map<const llvm::GlobalValue*, std::uintptr_t> addresses_;  // of runtime symbols; 0 = none
  std::map<std::pair<llvm::Constant*, llvm::Type*>, llvm::Constant*> loads_;
  std::vector<std::shared_ptr<frozen::Region>> held_;  // besides those of objects_
  std::optional<frozen::Object> graph_base_;           // what all graphs' memory is named relative to: they may overlap
  bool outdated_ = false;
  bool in_graph_ = false;  // reading one: every pointer leads to more of it
  std::vector<frozen::Read> reads_;
  llvm::DenseSet<const llvm::GlobalValue*> placeholders_;
  For target_;
  frozen::ReadLog* log_ = nullptr;
  std::optional<Source> source_;  // only while there is a log
};

}  // namespace inlay::specialize
