// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A guest instruction shows up in DWARF in two ways: host code that is inlined into the guest scope is a subroutine
// there whose line of call is the number; code without a host location lies in the guest scope itself, and the line
// table has the number. Guest scopes may be inlined into one another (a guest function that calls another): the
// innermost one counts. So each function is painted byte by byte, from the outermost scope to the innermost.
//
// Machine instructions without any location (a constant for a phi, padding before a loop) are counted to what comes
// next. The frame's setup and its end, and what lies behind the last location, belong to none.
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

constexpr unsigned None = runtime::NoGuest;
constexpr unsigned Shared = 0;
constexpr unsigned AskLines = ~0u;        // in the guest scope itself
constexpr unsigned NoLocation = ~0u - 1;  // as far as scopes tell

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

/// What the scope around an inlined one is.
enum class Around : std::uint8_t { Nothing, Guest, Host };

void paint_scopes(Sections& sections, const llvm::DWARFDie& scope, Around around) {
  for (const llvm::DWARFDie& child : scope.children()) {
    if (child.getTag() == llvm::dwarf::DW_TAG_lexical_block) paint_scopes(sections, child, around);
    if (child.getTag() != llvm::dwarf::DW_TAG_inlined_subroutine) continue;
    const bool guest = is_guest_scope(child);
    if (guest)
      paint(sections, child, AskLines);
    else if (around == Around::Guest)
      paint(sections, child,
            static_cast<unsigned>(llvm::dwarf::toUnsigned(child.find(llvm::dwarf::DW_AT_call_line), Shared)));
    else if (around == Around::Nothing)
      paint(sections, child, None);
    paint_scopes(sections, child, guest ? Around::Guest : Around::Host);
  }
}

/// Answers what was to be asked of the line table.
void paint_lines(Sections& sections, const llvm::DWARFDebugLine::LineTable& table) {
  for (const llvm::DWARFDebugLine::Sequence& sequence : table.Sequences) {
    auto section = sections.find(sequence.SectionIndex);
    if (section == sections.end()) continue;
    Paint& bytes = section->second;
    for (unsigned i = sequence.FirstRowIndex; i + 1 < sequence.LastRowIndex; ++i) {
      const llvm::DWARFDebugLine::Row& row = table.Rows[i];
      const std::uint64_t end = std::min<std::uint64_t>(table.Rows[i + 1].Address.Address, bytes.size());
      for (std::uint64_t at = row.Address.Address; at < end; ++at) {
        if (bytes[at] == AskLines) bytes[at] = row.Line ? row.Line : NoLocation;
        if (bytes[at] == NoLocation && row.EpilogueBegin) bytes[at] = None;
      }
    }
  }
}

/// Gives what has no location to what comes next in the function, up to the end of its frame's setup.
void fill(Paint& bytes, std::uint64_t begin, std::uint64_t end) {
  std::uint64_t first = begin;
  while (first < end && bytes[first] == NoLocation) bytes[first++] = None;
  unsigned next = None;
  for (std::uint64_t at = end; at > first; --at) {
    if (bytes[at - 1] == NoLocation) bytes[at - 1] = next;
    next = bytes[at - 1];
  }
}

Sections paint_object(const llvm::object::ObjectFile& file) {
  Sections sections;
  for (const llvm::object::SectionRef& section : file.sections())
    if (section.isText()) sections[section.getIndex()].resize(section.getSize(), NoLocation);
  std::unique_ptr<llvm::DWARFContext> dwarf = llvm::DWARFContext::create(
      file, llvm::DWARFContext::ProcessDebugRelocations::Process, nullptr, "", llvm::consumeError, llvm::consumeError);
  for (const std::unique_ptr<llvm::DWARFUnit>& unit : dwarf->compile_units()) {
    for (const llvm::DWARFDie& function : unit->getUnitDIE(/*ExtractUnitDIEOnly=*/false).children()) {
      if (function.getTag() != llvm::dwarf::DW_TAG_subprogram) continue;
      const bool guest = is_guest_scope(function);
      // The entry, which is artificial, holds what has no location; other functions are the host's.
      const bool artificial = function.find(llvm::dwarf::DW_AT_artificial).has_value();
      if (guest || !artificial) paint(sections, function, guest ? AskLines : None);
      paint_scopes(sections, function, guest ? Around::Guest : Around::Nothing);
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
  Sections sections = paint_object(**file);
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
    MappedFunction function{
        name->str(), symbol.getSize(), 0, {}, disassembler.text(**section, *begin, 0, symbol.getSize())};
    Paint& bytes = painted->second;
    fill(bytes, *begin, *begin + function.size);
    for (std::uint64_t at = 0; at < function.size; ++at) {
      const unsigned guest = bytes[*begin + at];
      function.shared += guest == Shared;
      if (guest == None || guest == Shared) continue;
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
