// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Definitions of a module as chunks of a library (format.h).
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "base/serial.h"
#include "inlay/ir/module.h"
#include "ir/library/format.h"

namespace inlay::ir {

/// A chunk without its checksum. Of one definition after another; it keeps its memory.
class ChunkEncoder {
 public:
  explicit ChunkEncoder(const Module& module) : m_(module) {}
  ChunkEncoder(const ChunkEncoder&) = delete;
  ChunkEncoder& operator=(const ChunkEncoder&) = delete;

  /// What the function, data or type says of itself. The bytes are good until the next call.
  Result<std::span<const std::byte>> encode(Symbol symbol);
  /// How much of what encode() gave last is the body, and the number before it.
  std::size_t body_end() const { return body_end_; }

 private:
  using Numbers = std::unordered_map<std::uint32_t, std::uint32_t>;

  void function(FunctionId id);
  void data(DataId id);
  void type_definition(TypeId id);
  void blocks(const Function& function);
  void number_instructions(const Function& function);
  void names(const Function& function);
  void operands(const Inst& inst);
  void target(BlockId block, class Operands& words);
  void parameters(ExtraId list);
  void arguments(ExtraId list);
  void fields(const Type& type, unsigned words_each);
  void types(std::span<const std::uint32_t> words);
  void type(TypeId id);
  void new_type(const Type& type);
  void string(StringId id);
  void text(std::string_view text);
  void value(Value value);
  void constant(ConstId id);
  void symbol(const Numbers& known, Value symbol);
  void new_symbol(Value symbol);
  void location(Location location);
  void declarations();
  void fail(std::string message);
  /// False, and an error, if what is said lies too deep in each other.
  bool enter();

  const Module& m_;
  base::Bytes bytes_;
  base::Writer out_{bytes_};
  std::optional<Error> error_;
  std::string subject_;  // what is being encoded, for messages
  std::size_t body_end_ = 0;
  unsigned depth_ = 0;
  Numbers types_, consts_, functions_, data_;
  std::unordered_map<std::string_view, std::uint32_t> strings_;
  std::vector<Value> mentioned_;  // symbols that are no instances, in the order of first mention
  // Of the function at hand: numbers of its instructions in the order of its blocks, by their handles.
  std::vector<std::uint32_t> order_;
  FunctionId function_;
  std::uint32_t at_ = 0;
  Location location_;
};

}  // namespace inlay::ir
