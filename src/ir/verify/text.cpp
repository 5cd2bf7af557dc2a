// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/verify/text.h"

#include <algorithm>

#include "inlay/ir/walk.h"
#include "ir/substitute.h"

namespace inlay::ir {

namespace {

constexpr std::uint32_t MostShown = 8;  // of a list

/// Words one after another, for as long as there are some.
struct Reader {
  std::uint32_t first;
  std::span<const std::uint32_t> rest;
  bool at_first = true;

  bool more() const { return at_first || !rest.empty(); }
  std::uint32_t next() {
    if (std::exchange(at_first, false)) return first;
    if (rest.empty()) return 0;
    const std::uint32_t word = rest.front();
    rest = rest.subspan(1);
    return word;
  }
};

std::string shown_block(const Module& m, std::uint32_t id) {
  if (!m.blocks.contains(BlockId{id})) return "block " + std::to_string(id);
  const std::string_view name = m.text(m.blocks[BlockId{id}].name);
  return name.empty() ? "block." + std::to_string(id) : name_text(name);
}

std::string shown_list(const Module& m, Reader& words, bool values) {
  const std::uint32_t n = words.next();
  std::string out;
  std::uint32_t i = 0;
  for (; i < std::min(n, MostShown) && words.more(); ++i) {
    if (i) out += ", ";
    const std::uint32_t word = words.next();
    out += values ? shown_value(m, Value::of_bits(word)) : std::to_string(word);
  }
  for (std::uint32_t left = i; left < n && words.more(); ++left) words.next();
  return n > i ? out + ", ..." : out;
}

std::string shown_target(const Module& m, Reader& words) {
  std::string out = shown_block(m, words.next());
  const std::string arguments = shown_list(m, words, true);
  return arguments.empty() ? out : out + '(' + arguments + ')';
}

std::string shown_cases(const Module& m, Reader& words) {
  const std::uint32_t n = words.next();
  std::string out = "[";
  for (std::uint32_t i = 0; i < std::min(n, MostShown) && words.more(); ++i) {
    if (i) out += ", ";
    out += shown_value(m, Value::of_bits(words.next())) + ": ";
    out += shown_target(m, words);
  }
  return out + (n > MostShown ? ", ...]" : "]");
}

std::string shown_slot(const Module& m, Slot slot, Reader& words) {
  switch (slot) {
    case Slot::Args:
      return '(' + shown_list(m, words, true) + ')';
    case Slot::Numbers:
      return '[' + shown_list(m, words, false) + ']';
    case Slot::Target:
      return shown_target(m, words);
    case Slot::Cases:
      return shown_cases(m, words);
    case Slot::Text:
      return quoted(m.text(StringId{words.next()}).substr(0, 200));
    case Slot::Number:
    case Slot::Field:
    case Slot::Method:
      return std::to_string(words.next());
    default:
      return shown_value(m, Value::of_bits(words.next()));
  }
}

}  // namespace

std::string shown_value(const Module& m, Value value) {
  if (!value) return "nothing";
  if (value.is_inst()) {
    const std::string_view name = m.text(m.name_of(value.inst()));
    return '%' + (name.empty() ? std::to_string(value.bits) : name_text(name));
  }
  if (value.is_const() && !m.consts.contains(value.constant()))
    return "constant " + std::to_string(value.constant().value);
  if (value.is_function() && !m.functions.contains(value.function()))
    return "function " + std::to_string(value.function().value);
  if (value.is_data() && !m.data.contains(value.data())) return "data " + std::to_string(value.data().value);
  return value_text(m, value);
}

std::string shown_inst(const Module& m, InstId id) {
  const Inst& inst = m.insts[id];
  const auto op = static_cast<std::uint32_t>(inst.op());
  if (op == 0 || op >= OpCount) return "instruction " + std::to_string(id.value);
  const OpInfo& info = OpInfos[op];
  std::string out;
  if (info.yields != Yields::Nothing) out = shown_value(m, id) + " = ";
  out += info.text;
  if (m.types.contains(inst.type())) out += ' ' + m.to_string(inst.type());
  Reader words{inst.a, {}};
  if (fits_inline(info.slots))
    words.rest = {&inst.b, 1};
  else if (m.extra.contains(ExtraId{inst.b}))
    words.rest = {&m.extra[ExtraId{inst.b}], m.extra.count() - inst.b};
  for (std::size_t i = 0; i < info.slots.size(); ++i) {
    const auto slot = static_cast<Slot>(info.slots[i]);
    if (slot != Slot::Args) out += i == 0 ? " " : slot == Slot::Cases ? " " : ", ";
    out += shown_slot(m, slot, words);
  }
  return out;
}

}  // namespace inlay::ir
