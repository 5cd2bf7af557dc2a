// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Damaged modules must be refused, or be read to the end without harm. An input is a row of changes to a sound module,
// 8 bytes each: where, and how.
#include <cstring>

#include "inlay/ir/verify.h"
#include "inlay/ir/walk.h"
#include "ir/verify/sample.h"

namespace {

using namespace inlay::ir;

std::size_t read_all(const Module& m) {
  std::size_t sum = 0;
  for (const Function& f : m.functions.entries())
    for (std::uint32_t b = f.first_block.value; b < f.end_block.value; ++b)
      for (InstId at = m.blocks[BlockId{b}].first; at; at = m.insts[at].next) {
        sum += m.result_type(m.insts[at]).value;
        visit_values(m, m.insts[at], [&](Value value) { sum += m.type_of(value).value; });
        visit_targets(m, m.insts[at], [&](BlockId block) { sum += m.blocks[block].parameters; });
      }
  for (std::uint32_t i = 1; i < m.functions.count(); ++i) sum += m.full_name(FunctionId{i}).size();
  for (std::uint32_t i = 1; i < m.data.count(); ++i) sum += m.full_name(DataId{i}).size();
  for (std::uint32_t i = 1; i < m.types.count(); ++i) sum += m.to_string(TypeId{i}).size();
  return sum;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Module m = Module::create().value();
  m.reset();
  add_sample(m);
  for (; size >= 8; data += 8, size -= 8) {
    std::uint32_t change[2];
    std::memcpy(change, data, sizeof change);
    damage(m, change[0], change[1]);
  }
  if (verify(m)) {
    const std::size_t sum = read_all(m);
    asm volatile("" : : "r"(sum));  // keeps the reads
  }
  return 0;
}
