// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A guest instruction shows up in DWARF in two ways: host code that is inlined into the guest scope is a subroutine
// there whose line of call is the number; code without a host location lies in the guest scope itself, and the line
// table has the number. Guest scopes may be inlined into one another (a guest function that calls another): the
// innermost one counts. So each function is painted byte by byte, from the outermost scope to the innermost.
#include "codegen/code_map.h"

#include <algorithm>
#include <map>

#include "codegen/disassemble.h"
#include "runtime/llvm_errors.h"
#include "runtime/names.h"

#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/DebugInfo/DWARF/DWARFDie.h>
#include <llvm/DebugInfo/DWARF/DWARFUnit.h>
#include <llvm/Object/ELFObjectFile.h>

namespace inlay::codegen {

namespace {

constexpr unsigned None = 0;
constexpr unsigned AskLines = ~0u;  // in the guest scope itself

/// The bytes of one section, by the guest instruction that they belong to.
using Paint = std::vector<unsigned>;
using Sections = std::map<std::uint64_t, Paint>;  // by index

bool is_guest_scope(const llvm::DWARFDie& scope) {
  const char* name = scope.getSubroutineName(llvm::DINameKind::ShortName);
  return name && name == llvm::StringRef(runtime::GuestScope);
}

void paint(Sections& sections, const llvm::DWARFDie& scope, unsigned guest) {
  llvm::Expected<llvm::DWARFAddressRangesVector> ranges = scope.getAddressRanges();
  if (!ranges) return llvm::consumeError(ranges.takeError());
  for (const llvm::DWARFAddressRange& range : *ranges) {
    auto section = sections.find(range.SectionIndex);
    if (section == sections.end()) continue;
    Paint& bytes = section->second;
    for (std::uint64_t at = range.LowPC; at < std::min<std::uint64_t>(range.HighPC, bytes.size()); ++at)
      bytes[at] = guest;
  }
}

void paint_scopes(Sections& sections, const llvm::DWARFDie& scope, bool in_guest) {
  for (const llvm::DWARFDie& child : scope.children()) {
    if (child.getTag() != llvm::dwarf::DW_TAG_inlined_subroutine &&
        child.getTag() != llvm::dwarf::DW_TAG_lexical_block)
      continue;
    const bool inlined = child.getTag() == llvm::dwarf::DW_TAG_inlined_subroutine;
    const bool guest = inlined ? is_guest_scope(child) : in_guest;
    if (inlined && guest)
      paint(sections, child, AskLines);
    else if (inlined && in_guest)
      paint(sections, child,
            static_cast<unsigned>(llvm::dwarf::toUnsigned(child.find(llvm::dwarf::DW_AT_call_line), None)));
    paint_scopes(sections, child, guest);
  }
}

/// Answers what was to be asked of the line table.
void paint_lines(Sections& sections, const llvm::DWARFDebugLine::LineTable& table) {
  for (const llvm::DWARFDebugLine::Sequence& sequence : table.Sequences) {
    auto section = sections.find(sequence.SectionIndex);
    if (section == sections.end()) continue;
    Paint& bytes = section->second;
    for (unsigned row = sequence.FirstRowIndex; row + 1 < sequence.LastRowIndex; ++row) {
      const std::uint64_t end = std::min<std::uint64_t>(table.Rows[row + 1].Address.Address, bytes.size());
      for (std::uint64_t at = table.Rows[row].Address.Address; at < end; ++at)
        if (bytes[at] == AskLines) bytes[at] = table.Rows[row].Line;
    }
  }
}

Sections paint_object(const llvm::object::ObjectFile& file) {
  Sections sections;
  for (const llvm::object::SectionRef& section : file.sections())
    if (section.isText()) sections[section.getIndex()].resize(section.getSize());
  std::unique_ptr<llvm::DWARFContext> dwarf = llvm::DWARFContext::create(
      file, llvm::DWARFContext::ProcessDebugRelocations::Process, nullptr, "", llvm::consumeError,
      llvm::consumeError);
  for (const std::unique_ptr<llvm::DWARFUnit>& unit : dwarf->compile_units()) {
    for (const llvm::DWARFDie& function : unit->getUnitDIE(/*ExtractUnitDIEOnly=*/false).children()) {
      if (function.getTag() != llvm::dwarf::DW_TAG_subprogram) continue;
      const bool guest = is_guest_scope(function);
      if (guest) paint(sections, function, AskLines);
      paint_scopes(sections, function, guest);
    }
    if (const llvm::DWARFDebugLine::LineTable* lines = dwarf->getLineTableForUnit(unit.get()))
      paint_lines(sections, *lines);
  }
  return sections;
}

}  // namespace

Result<std::vector<MappedFunction>> read_code_map(const Object& object, Machine& machine) {
  auto file = llvm::object::ObjectFile::createELFObjectFile(object.bytes->getMemBufferRef());
  if (!file) return runtime::from_llvm(file.takeError(), ErrorKind::Codegen);
  const Sections sections = paint_object(**file);
  const Disassembler disassembler(machine, **file);
  std::vector<MappedFunction> functions;
  for (const llvm::object::ELFSymbolRef symbol : (*file)->symbols()) {
    if (symbol.getELFType() != llvm::ELF::STT_FUNC) continue;
    auto section = llvm::expectedToOptional(symbol.getSection());
    auto name = llvm::expectedToOptional(symbol.getName());
    auto begin = llvm::expectedToOptional(symbol.getAddress());
    if (!section || !name || !begin || *section == (*file)->section_end()) continue;
    auto painted = sections.find((*section)->getIndex());
    if (painted == sections.end() || *begin + symbol.getSize() > painted->second.size()) continue;
    MappedFunction function{name->str(), symbol.getSize(), {}};
    const Paint& bytes = painted->second;
    for (std::uint64_t at = 0; at < function.size; ++at) {
      const unsigned guest = bytes[*begin + at];
      if (guest == None || guest == AskLines) continue;
      if (!function.ranges.empty() && function.ranges.back().guest == guest &&
          function.ranges.back().offset + function.ranges.back().size == at)
        ++function.ranges.back().size;
      else
        function.ranges.push_back({at, 1, guest, {}});
    }
    for (GuestRange& range : function.ranges)
      range.assembly = disassembler.text(**section, *begin, range.offset, range.size);
    functions.push_back(std::move(function));
  }
  return functions;
}

}  // namespace inlay::codegen
