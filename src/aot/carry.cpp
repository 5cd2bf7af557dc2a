// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Frozen memory is bytes without types. Which of its words are addresses, and of what?
//
// Each aligned word is looked up. Inside a frozen object, a runtime's function or variable, or a symbol that the C or
// C++ library exports, it becomes that symbol plus the offset, which the linker fills in. Addresses are large and
// randomly placed (the first mapping of a position-independent program lies above 2^43), so a number that happens to
// equal one is not a case worth guarding against; in a program that is linked to fixed low addresses it could be.
//
// A word that lies in mapped memory and is none of these is an address of this process which means nothing in another.
// It must not be written down: an address baked in as a number would be wrong silently, and different in every run. But
// it is no error by itself. The allocator's blocks hold leftovers: std::function has 16 bytes for captures and uses
// 8, padding is never written. So:
//   - if the unit's own code loads a pointer from that very place, it will be used: refused (NotCarried);
//   - if it loads less than a word from there, that is data with leftovers around it: the word stays as it is;
//   - otherwise its upper 16 bits are changed, so that it is no address on this machine, and using it as one faults at
//     once. The lower 48 stay: a leftover may stand around a field (the byte that says of which kind a value is, with
//     padding behind it) that code reads which the unit does not show. A note says so.
#include "aot/carry.h"

#include "frozen/objects.h"
#include "frozen/region.h"
#include "runtime/bodies.h"
#include "specialize/symbols.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <bit>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <set>

#include <llvm/IR/Constants.h>
#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>

namespace inlay::aot {

namespace {

using specialize::FrozenPrefix;
using specialize::GraphPrefix;

constexpr std::uint64_t NoAddress =
    0xdead'0000'0000'0000;  // not canonical on x86-64; mapped addresses have no such bits
constexpr std::uint64_t LargestAlignment = 4096;

std::string hex(std::uintptr_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%" PRIxPTR, value);
  return text;
}

/// The offsets from which code loads directly.
struct Loads {
  std::set<std::uint64_t> pointers;
  std::set<std::uint64_t> fields;  // smaller than a word

  bool field_in(std::uint64_t word) const {
    auto field = fields.lower_bound(word);
    return field != fields.end() && *field < word + 8;
  }
};

Loads loads_from(const llvm::GlobalVariable& variable) {
  Loads loads;
  const llvm::DataLayout& layout = variable.getParent()->getDataLayout();
  std::vector<std::pair<const llvm::Value*, std::uint64_t>> reached{{&variable, 0}};
  while (!reached.empty()) {
    auto [value, offset] = reached.back();
    reached.pop_back();
    for (const llvm::User* user : value->users()) {
      if (const auto* load = llvm::dyn_cast<llvm::LoadInst>(user)) {
        if (load->getType()->isPointerTy())
          loads.pointers.insert(offset);
        else if (layout.getTypeStoreSize(load->getType()).getKnownMinValue() < 8)
          loads.fields.insert(offset);
      } else if (const auto* step = llvm::dyn_cast<llvm::GEPOperator>(user)) {
        llvm::APInt distance(64, offset);
        if (step->accumulateConstantOffset(layout, distance)) reached.push_back({step, distance.getZExtValue()});
      }
    }
  }
  return loads;
}

/// The exported symbol of a library that every file is linked with.
std::optional<std::pair<std::string, std::uint64_t>> system_symbol(std::uintptr_t address) {
  Dl_info info{};
  const ElfW(Sym)* symbol = nullptr;
  if (!dladdr1(reinterpret_cast<void*>(address), &info, const_cast<void**>(reinterpret_cast<const void**>(&symbol)),
               RTLD_DL_SYMENT) ||
      !symbol || !info.dli_sname || !info.dli_fname)
    return std::nullopt;
  std::string_view file = info.dli_fname;
  file.remove_prefix(file.rfind('/') + 1);
  bool linked = false;
  for (std::string_view library : {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1"})
    linked = linked || file == library;
  unsigned type = ELF64_ST_TYPE(symbol->st_info);
  if (!linked || (type != STT_FUNC && type != STT_OBJECT)) return std::nullopt;
  std::uint64_t offset = address - reinterpret_cast<std::uintptr_t>(info.dli_saddr);
  if (offset != 0 && (type == STT_FUNC || offset >= symbol->st_size)) return std::nullopt;
  return std::pair{std::string(info.dli_sname), offset};
}

}  // namespace

const Carrier::Mapping* Carrier::mapping_of(std::uintptr_t address) {
  if (mappings_.empty()) {
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
      std::uintptr_t begin = 0, end = 0;
      int name = 0;
      if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %*s %*s %*s %*s %n", &begin, &end, &name) < 2) continue;
      std::string what = name > 0 ? line.substr(static_cast<std::size_t>(name)) : "";
      mappings_.push_back({begin, end, what.empty() ? "memory" : what});
    }
  }
  for (const Mapping& mapping : mappings_)
    if (address >= mapping.begin && address < mapping.end) return &mapping;
  return nullptr;
}

std::optional<frozen::Object> Carrier::find_by_id(std::uint32_t id) {
  if (objects_.empty())
    for (const std::shared_ptr<frozen::Region>& region : frozen::all_regions())
      for (frozen::Object& object : frozen::objects_in(*region)) objects_.emplace(object.id, std::move(object));
  auto found = objects_.find(id);
  if (found == objects_.end()) return std::nullopt;
  return found->second;
}

Result<llvm::Constant*> Carrier::named(const std::string& name, std::uint64_t offset) {
  llvm::LLVMContext& context = module_.getContext();
  llvm::Type* byte = llvm::Type::getInt8Ty(context);
  llvm::GlobalValue* global = module_.getNamedValue(name);
  if (!global) {
    INLAY_TRY(llvm::Function * function, bodies_.function(name));
    if (function)
      global = runtime::declare_in(module_, *function);
    else
      global = new llvm::GlobalVariable(module_, byte, false, llvm::GlobalValue::ExternalLinkage, nullptr, name);
  }
  llvm::Constant* symbol = global;
  if (offset == 0) return symbol;
  return llvm::ConstantExpr::getGetElementPtr(byte, symbol,
                                              llvm::ConstantInt::get(llvm::Type::getInt64Ty(context), offset));
}

Result<llvm::Constant*> Carrier::word(const frozen::Object& object, std::size_t offset, std::uintptr_t value,
                                      bool read_as_pointer, bool holds_a_field) {
  constexpr llvm::Constant* Plain = nullptr;  // a number
  if (value < 4096) return Plain;
  const void* address = reinterpret_cast<const void*>(value);
  if (std::optional<runtime::SymbolAt> symbol = runtime::find_symbol_at(address);
      symbol && (symbol->symbol.record().flags & runtime::Defined))
    return named(std::string(symbol->symbol.name()), symbol->offset);
  std::optional<frozen::Object> target = frozen::find(address);
  if (target && !target->graph)
    return named(FrozenPrefix + std::to_string(target->id), value - reinterpret_cast<std::uintptr_t>(target->begin));
  const Mapping* mapping = mapping_of(value);
  if (!mapping) return Plain;
  if (auto symbol = system_symbol(value)) return named(symbol->first, symbol->second);

  std::string where = "frozen object " + std::to_string(object.id) + " at offset " + std::to_string(offset);
  std::string what = target ? "a graph that is only promised to be constant"
                            : mapping->what + ", which is neither frozen nor a runtime's";
  if (read_as_pointer)
    return Error(ErrorKind::NotCarried, where + " points to " + what + ", and the code reads it; allocate it inside " +
                                            "freeze(), or define it in a runtime")
        .with_note("the address is " + hex(value));
  if (holds_a_field) return Plain;
  const std::uint64_t instead = value | NoAddress;
  notes_.push_back(where + " holds an address in " + what + "; it is replaced by " + hex(instead) +
                   ", which faults when used");
  return llvm::ConstantExpr::getIntToPtr(llvm::ConstantInt::get(llvm::Type::getInt64Ty(module_.getContext()), instead),
                                         llvm::PointerType::getUnqual(module_.getContext()));
}

Result<void> Carrier::define(llvm::GlobalVariable& declaration, std::uint32_t id) {
  std::optional<frozen::Object> object = find_by_id(id);
  if (!object)
    return Error(ErrorKind::NotCarried, "frozen object " + std::to_string(id) +
                                            " is gone; keep what was frozen until " +
                                            "the code that uses it is written");
  std::vector<std::byte> bytes(object->size);
  if (!frozen::read_safely(object->begin, object->size, bytes.data()))
    return Error(ErrorKind::NotCarried, "frozen object " + std::to_string(id) + " cannot be read");

  // Runs of plain bytes, with addresses between them.
  const Loads loads = loads_from(declaration);
  llvm::LLVMContext& context = module_.getContext();
  std::vector<llvm::Constant*> parts;
  std::size_t plain = 0;  // where the current run of bytes began
  auto end_run = [&](std::size_t end) {
    if (end > plain)
      parts.push_back(llvm::ConstantDataArray::get(
          context, llvm::ArrayRef(reinterpret_cast<const std::uint8_t*>(bytes.data()) + plain, end - plain)));
  };
  auto begin = reinterpret_cast<std::uintptr_t>(object->begin);
  for (std::size_t offset = (8 - begin % 8) % 8; offset + 8 <= bytes.size(); offset += 8) {
    std::uintptr_t value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    INLAY_TRY(llvm::Constant * address,
              word(*object, offset, value, loads.pointers.contains(offset), loads.field_in(offset)));
    if (!address) continue;
    end_run(offset);
    parts.push_back(address);
    plain = offset + 8;
  }
  end_run(bytes.size());

  // A store into an open part must work in the new program as well, and sections are either writable or not.
  bool writable = object->open || !frozen::open_parts(*object).empty();
  llvm::Constant* value = llvm::ConstantStruct::getAnon(context, parts, /*Packed=*/true);
  auto* defined = new llvm::GlobalVariable(module_, value->getType(), !writable, llvm::GlobalValue::InternalLinkage,
                                           value, "", &declaration);
  std::uint64_t alignment = begin == 0 ? 8 : std::uint64_t{1} << std::countr_zero(begin);
  defined->setAlignment(llvm::Align(std::min(alignment, LargestAlignment)));
  declaration.replaceAllUsesWith(defined);
  defined->takeName(&declaration);
  declaration.eraseFromParent();
  return {};
}

Result<bool> Carrier::carry() {
  bool any = false;
  for (bool more = true; more;) {
    std::vector<std::pair<llvm::GlobalVariable*, std::uint32_t>> missing;
    for (llvm::GlobalVariable& variable : module_.globals()) {
      if (!variable.isDeclaration() || variable.use_empty()) continue;
      llvm::StringRef name = variable.getName();
      if (name.starts_with(GraphPrefix))
        return Error(ErrorKind::NotCarried, "the code reads '" + name.str() +
                                                "', a graph that is only promised to be " +
                                                "constant: where it ends is not known; build it inside freeze()");
      std::uint32_t id = 0;
      if (name.consume_front(FrozenPrefix) && !name.getAsInteger(10, id)) missing.push_back({&variable, id});
    }
    for (auto [variable, id] : missing) INLAY_TRY_VOID(define(*variable, id));
    more = !missing.empty();
    any = any || more;
  }
  return any;
}

}  // namespace inlay::aot
