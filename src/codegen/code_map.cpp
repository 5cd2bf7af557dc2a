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
#include <tuple>

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
constexpr unsigned NoLocation = ~0u;       // as far as scopes tell
constexpr unsigned AskLines = 0x80000000;  // in a scope of the guest itself; and the scope's number
constexpr unsigned MostScopes = 0x7ffffffe;

/// The bytes of one section, by the guest instruction that they belong to.
using Paint = std::vector<unsigned>;
using Sections = std::map<std::uint64_t, Paint>;  // by index

/// What tells the guest's scopes and places from the host's, and gives the places numbers.
class Guest {
 public:
  /// The guest scope, whose lines are the numbers.
  Guest() = default;
  /// Functions of those compile units; their lines get numbers.
  explicit Guest(std::span<const std::string> units) : units_(units), has_lines_(true) {}

  /// Whether the code of a function, or of one that was inlined, is the guest's.
  bool owns(const llvm::DWARFDie& scope) const {
    if (!has_lines_) {
      const char* name = scope.getSubroutineName(llvm::DINameKind::ShortName);
      return name && name == llvm::StringRef(runtime::GuestScope);
    }
    llvm::DWARFDie function = scope;
    if (llvm::DWARFDie origin = scope.getAttributeValueAsReferencedDie(llvm::dwarf::DW_AT_abstract_origin))
      function = origin;
    const llvm::DWARFDie unit = function.getDwarfUnit()->getUnitDIE();
    return std::find(units_.begin(), units_.end(), llvm::dwarf::toStringRef(unit.find(llvm::dwarf::DW_AT_name))) !=
           units_.end();
  }

  /// How a scope of the guest is painted until the line table is asked.
  unsigned scope_of(const llvm::DWARFDie& scope) {
    if (!has_lines_) return AskLines;
    const char* name = scope.getSubroutineName(llvm::DINameKind::LinkageName);
    const auto number = static_cast<unsigned>(scopes_.size());
    scopes_.emplace_back(name ? name : "");
    return AskLines + std::min(number, MostScopes);
  }

  /// The number of a line in such a scope.
  unsigned number_of(unsigned scope, const llvm::DWARFDebugLine::LineTable* table, std::uint64_t file, unsigned line) {
    if (!has_lines_ || line == 0) return line;
    SourceLine place{scopes_[scope - AskLines], {}, line};
    if (table) table->getFileNameByIndex(file, "", llvm::DILineInfoSpecifier::FileLineInfoKind::RawValue, place.file);
    const auto key = std::tuple(place.file, line, place.function);
    return numbers_.try_emplace(key, static_cast<unsigned>(numbers_.size()) + 1).first->second;
  }

  /// What got numbers, by file and line; and what each number is in this order.
  std::vector<SourceLine> lines(std::vector<unsigned>& ranks) const {
    std::vector<SourceLine> all;
    ranks.assign(numbers_.size() + 1, 0);
    for (const auto& [key, number] : numbers_) {
      all.push_back({std::get<2>(key), std::get<0>(key), std::get<1>(key)});
      ranks[number] = static_cast<unsigned>(all.size());
    }
    return all;
  }

 private:
  std::span<const std::string> units_;
  bool has_lines_ = false;
  std::vector<std::string> scopes_;
  std::map<std::tuple<std::string, unsigned, std::string>, unsigned> numbers_;
};

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

/// Paints a function, or what was inlined into one, and all that was inlined there.
class Painter {
 public:
  Painter(Sections& sections, Guest& guest, const llvm::DWARFDebugLine::LineTable* lines)
      : sections_(sections), guest_(guest), lines_(lines) {}

  void function(const llvm::DWARFDie& function) {
    const bool guest = guest_.owns(function);
    // The entry, which is artificial, holds what has no location; other functions are the host's.
    const bool artificial = function.find(llvm::dwarf::DW_AT_artificial).has_value();
    const unsigned scope = guest ? guest_.scope_of(function) : None;
    if (guest || !artificial) paint(sections_, function, scope);
    scopes(function, guest ? Around::Guest : Around::Nothing, scope);
  }

 private:
  /// What the scope around an inlined one is.
  enum class Around : std::uint8_t { Nothing, Guest, Host };

  void scopes(const llvm::DWARFDie& scope, Around around, unsigned outer) {
    for (const llvm::DWARFDie& child : scope.children()) {
      if (child.getTag() == llvm::dwarf::DW_TAG_lexical_block) scopes(child, around, outer);
      if (child.getTag() != llvm::dwarf::DW_TAG_inlined_subroutine) continue;
      const bool guest = guest_.owns(child);
      const unsigned inner = guest ? guest_.scope_of(child) : None;
      if (guest)
        paint(sections_, child, inner);
      else if (around == Around::Guest)
        paint(sections_, child,
              guest_.number_of(outer, lines_, value(child, llvm::dwarf::DW_AT_call_file),
                               static_cast<unsigned>(value(child, llvm::dwarf::DW_AT_call_line))));
      else if (around == Around::Nothing)
        paint(sections_, child, None);
      scopes(child, guest ? Around::Guest : Around::Host, inner);
    }
  }

  static std::uint64_t value(const llvm::DWARFDie& die, llvm::dwarf::Attribute attribute) {
    return llvm::dwarf::toUnsigned(die.find(attribute), Shared);
  }

  Sections& sections_;
  Guest& guest_;
  const llvm::DWARFDebugLine::LineTable* lines_;
};

/// Answers what was to be asked of the line table.
void paint_lines(Sections& sections, Guest& guest, const llvm::DWARFDebugLine::LineTable& table) {
  for (const llvm::DWARFDebugLine::Sequence& sequence : table.Sequences) {
    auto section = sections.find(sequence.SectionIndex);
    if (section == sections.end()) continue;
    Paint& bytes = section->second;
    for (unsigned i = sequence.FirstRowIndex; i + 1 < sequence.LastRowIndex; ++i) {
      const llvm::DWARFDebugLine::Row& row = table.Rows[i];
      const std::uint64_t end = std::min<std::uint64_t>(table.Rows[i + 1].Address.Address, bytes.size());
      for (std::uint64_t at = row.Address.Address; at < end; ++at) {
        if (bytes[at] >= AskLines && bytes[at] != NoLocation)
          bytes[at] = row.Line ? guest.number_of(bytes[at], &table, row.File, row.Line) : NoLocation;
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

Sections paint_object(const llvm::object::ObjectFile& file, Guest& guest) {
  Sections sections;
  for (const llvm::object::SectionRef& section : file.sections())
    if (section.isText()) sections[section.getIndex()].resize(section.getSize(), NoLocation);
  std::unique_ptr<llvm::DWARFContext> dwarf = llvm::DWARFContext::create(
      file, llvm::DWARFContext::ProcessDebugRelocations::Process, nullptr, "", llvm::consumeError, llvm::consumeError);
  for (const std::unique_ptr<llvm::DWARFUnit>& unit : dwarf->compile_units()) {
    const llvm::DWARFDebugLine::LineTable* lines = dwarf->getLineTableForUnit(unit.get());
    Painter painter(sections, guest, lines);
    for (const llvm::DWARFDie& function : unit->getUnitDIE(/*ExtractUnitDIEOnly=*/false).children())
      if (function.getTag() == llvm::dwarf::DW_TAG_subprogram) painter.function(function);
    if (lines) paint_lines(sections, guest, *lines);
  }
  return sections;
}

Result<std::vector<MappedFunction>> map_functions(const Object& object, Machine& machine, Guest& guest) {
  auto file = llvm::object::ObjectFile::createELFObjectFile(object.bytes->getMemBufferRef());
  if (!file) return runtime::from_llvm(file.takeError(), ErrorKind::Codegen);
  Sections sections = paint_object(**file, guest);
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
      const unsigned number = bytes[*begin + at];
      function.shared += number == Shared;
      if (number == None || number == Shared) continue;
      if (!function.ranges.empty() && function.ranges.back().guest == number &&
          function.ranges.back().offset + function.ranges.back().size == at)
        ++function.ranges.back().size;
      else
        function.ranges.push_back({at, 1, number, {}});
    }
    for (GuestRange& range : function.ranges)
      range.assembly = disassembler.text(**section, *begin, range.offset, range.size);
    functions.push_back(std::move(function));
  }
  return functions;
}

}  // namespace

Result<std::vector<MappedFunction>> read_code_map(const Object& object, Machine& machine) {
  Guest guest;
  return map_functions(object, machine, guest);
}

Result<LineMap> read_line_map(const Object& object, Machine& machine, std::span<const std::string> units) {
  Guest guest(units);
  LineMap map;
  INLAY_TRY(map.functions, map_functions(object, machine, guest));
  std::vector<unsigned> ranks;
  map.lines = guest.lines(ranks);
  for (MappedFunction& function : map.functions)
    for (GuestRange& range : function.ranges) range.guest = ranks[range.guest];
  return map;
}

}  // namespace inlay::codegen
