// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/observe/linked_lines.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "runtime/names.h"

#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/DebugInfo/DWARF/DWARFDie.h>
#include <llvm/DebugInfo/DWARF/DWARFUnit.h>
#include <llvm/ExecutionEngine/Orc/Debugging/DebugInfoSupport.h>

namespace inlay::jit {

namespace {

using LineTable = llvm::DWARFDebugLine::LineTable;
using LineRow = llvm::DWARFDebugLine::Row;

/// Frames of one object, each once.
class Frames {
 public:
  explicit Frames(CodeLines& lines) : lines_(lines) {}

  unsigned add(CodeLines::Frame frame) {
    auto key = std::make_tuple(frame.kind, frame.function, frame.file, frame.line, frame.around);
    auto [known, fresh] = known_.try_emplace(std::move(key), 0);
    if (fresh) {
      lines_.frames.push_back(std::move(frame));
      known->second = static_cast<unsigned>(lines_.frames.size());
    }
    return known->second;
  }

 private:
  CodeLines& lines_;
  std::map<std::tuple<CodeFrame::Kind, std::string, std::string, unsigned, unsigned>, unsigned> known_;
};

std::string file_name(llvm::DWARFUnit& unit, const LineTable& table, std::uint64_t index) {
  std::string name;
  table.getFileNameByIndex(index, unit.getCompilationDir() ? unit.getCompilationDir() : "",
                           llvm::DILineInfoSpecifier::FileLineInfoKind::AbsoluteFilePath, name);
  return name;
}

enum class Origin : std::uint8_t { Host, Guest, Artificial };

/// Who wrote a function, or one that was inlined.
Origin origin_of(llvm::DWARFDie function) {
  if (llvm::DWARFDie origin = function.getAttributeValueAsReferencedDie(llvm::dwarf::DW_AT_abstract_origin))
    function = origin;
  if (function.find(llvm::dwarf::DW_AT_artificial)) return Origin::Artificial;
  const llvm::DWARFDie unit = function.getDwarfUnit()->getUnitDIE();
  if (llvm::dwarf::toStringRef(unit.find(llvm::dwarf::DW_AT_producer)) == runtime::GuestProducer) return Origin::Guest;
  return llvm::dwarf::toStringRef(unit.find(llvm::dwarf::DW_AT_name)) == runtime::GuestScope ? Origin::Artificial
                                                                                             : Origin::Host;
}

std::string name_of(const llvm::DWARFDie& function) {
  const char* name = function.getSubroutineName(llvm::DINameKind::ShortName);
  return name ? name : "";
}

/// The frame at a row, with all that are around it.
unsigned frame_of(llvm::DWARFUnit& unit, const LineTable& table, const LineRow& row, Frames& frames) {
  llvm::SmallVector<llvm::DWARFDie, 8> chain;  // the innermost comes first
  unit.getInlinedChainForAddress(row.Address.Address, chain);
  unsigned around = 0;
  for (std::size_t i = chain.size(); i-- > 0;) {
    const Origin origin = origin_of(chain[i]);
    if (origin == Origin::Artificial) continue;
    CodeLines::Frame frame;
    frame.kind = origin == Origin::Guest ? CodeFrame::Kind::Guest : CodeFrame::Kind::Host;
    frame.function = name_of(chain[i]);
    std::uint32_t file = row.File, line = row.Line;
    if (i > 0) {
      std::uint32_t column = 0, discriminator = 0;
      chain[i - 1].getCallerFrame(file, line, column, discriminator);
    }
    frame.line = line;
    frame.file = file_name(unit, table, file);
    frame.around = around;
    around = frames.add(std::move(frame));
  }
  return around;
}

struct Begin {
  std::uint64_t address;
  std::size_t order;
  unsigned frame;
};

/// Where each frame begins in the code of a unit.
void read_unit(llvm::DWARFContext& dwarf, llvm::DWARFUnit& unit, Frames& frames, std::vector<Begin>& begins) {
  const LineTable* table = dwarf.getLineTableForUnit(&unit);
  if (!table) return;
  for (const llvm::DWARFDebugLine::Sequence& sequence : table->Sequences)
    for (unsigned i = sequence.FirstRowIndex; i < sequence.LastRowIndex; ++i) {
      const LineRow& row = table->Rows[i];
      const unsigned frame = row.EndSequence ? 0 : frame_of(unit, *table, row, frames);
      begins.push_back({row.Address.Address, begins.size(), frame});
    }
}

}  // namespace

llvm::Error add_lines(llvm::jitlink::LinkGraph& graph, std::vector<CodeFunction>& functions) {
  auto made = llvm::orc::createDWARFContext(graph);
  if (!made) return made.takeError();
  llvm::DWARFContext& dwarf = *made->first;
  auto lines = std::make_shared<CodeLines>();
  Frames frames(*lines);
  std::vector<Begin> begins;
  for (const std::unique_ptr<llvm::DWARFUnit>& unit : dwarf.compile_units()) read_unit(dwarf, *unit, frames, begins);
  // Of several rows at one address, the last one counts, but for those that only end what lies before it.
  std::sort(begins.begin(), begins.end(), [](const Begin& a, const Begin& b) {
    return std::tuple(a.address, a.frame != 0, a.order) < std::tuple(b.address, b.frame != 0, b.order);
  });
  for (CodeFunction& function : functions) {
    auto first = std::lower_bound(begins.begin(), begins.end(), function.begin,
                                  [](const Begin& row, std::uint64_t at) { return row.address < at; });
    for (; first != begins.end() && first->address < function.begin + function.size; ++first) {
      const auto offset = static_cast<std::uint32_t>(first->address - function.begin);
      if (!function.rows.empty() && function.rows.back().offset == offset)
        function.rows.back().frame = first->frame;
      else if (function.rows.empty() || function.rows.back().frame != first->frame)
        function.rows.push_back({offset, first->frame});
    }
    function.lines = lines;
  }
  return llvm::Error::success();
}

}  // namespace inlay::jit
