// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/verify/symbols.h"

#include <algorithm>
#include <array>

#include "base/messages.h"
#include "ir/assembly.h"
#include "ir/substitute.h"

namespace inlay::ir {

namespace {

constexpr std::uint32_t AllFunctionFlags = 2 * FunctionReserved - 1;
constexpr std::uint32_t AllDataFlags = 2 * DataReserved - 1;

bool is_external(const Function& f) { return (f.flags & (FunctionExtern | FunctionReserved)) != 0; }
bool is_external(const Data& d) { return (d.flags & (DataExtern | DataReserved)) != 0; }

/// As compiled code calls it: see TrapSite.
bool is_trap_handler(const Module& m, TypeId signature) {
  const Type& type = m.types[signature];
  constexpr auto wanted = std::to_array<std::uint32_t>({Ptr.value, I64.value, I64.value});
  return type.element == Void && std::ranges::equal(m.words(type.list, type.count), wanted);
}

/// For a row in which most are in order, but for some that belong further behind: bodies that were written anew.
template <class T, class Less>
void sort_few(std::vector<T>& row, Less less) {
  std::vector<T> behind;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    while (kept > 0 && less(row[i], row[kept - 1])) behind.push_back(row[--kept]);
    row[kept++] = row[i];
  }
  if (behind.empty()) return;
  row.resize(kept);
  std::sort(behind.begin(), behind.end(), less);
  std::vector<T> all(row.size() + behind.size());
  std::merge(row.begin(), row.end(), behind.begin(), behind.end(), all.begin(), less);
  row = std::move(all);
}

}  // namespace

bool takes_pointer_first(const Module& m, const Type& function, const Type& signature) {
  if (function.count != signature.count + 1 || function.element != signature.element) return false;
  const auto have = m.words(function.list, function.count);
  const auto wanted = m.words(signature.list, signature.count);
  return have[0] == Ptr.value && std::equal(wanted.begin(), wanted.end(), have.begin() + 1);
}

std::string SymbolFacts::name(StringId id) const { return '@' + name_text(m_.text(id)); }

bool SymbolFacts::fail(FunctionId id, std::string_view text) {
  const Function& f = m_.functions[id];
  error.emplace(ErrorKind::InvalidProgram, name(f.name) + ": " + std::string(text), m_.place(f.location));
  return false;
}

bool SymbolFacts::fail(DataId id, std::string_view text) {
  const Data& d = m_.data[id];
  error.emplace(ErrorKind::InvalidProgram, name(d.name) + ": " + std::string(text), m_.place(d.location));
  return false;
}

bool SymbolFacts::add_name(StringId id) {
  const std::size_t word = id.value / 64;
  if (word >= names_.size()) names_.resize(word + word / 2 + 1);
  const std::uint64_t bit = std::uint64_t{1} << id.value % 64;
  if (names_[word] & bit) return false;
  names_[word] |= bit;
  return true;
}

bool SymbolFacts::catch_up() {
  if (!counted_files_) {
    counted_files_ = true;
    while (file_count_ < 4095 && m_.path(FileId{file_count_ + 1}).data()) ++file_count_;
  }
  const auto check_name = [&](auto id, const auto& entry) {
    if (entry.generic) return true;  // called as its generic
    const std::string_view text = m_.text(entry.name);
    if (const char* why = own_names_ ? nullptr : why_not_a_name(text, is_external(entry))) return fail(id, why);
    bool like_instance = text.ends_with(OwnSuffix);
    for (char c : text) like_instance |= c == '<';
    if (like_instance) like_instances_.push_back(id);
    return add_name(entry.name) || fail(id, "something else has the same name");
  };
  const std::uint32_t first_function = function_count();
  while (function_count() < m_.functions.count()) {
    const FunctionId id{function_count()};
    function_scopes_.push_back(Unusable);
    if (!check_name(id, m_.functions[id]) || !check_function(id)) return false;
  }
  if (!check_no_overlaps(first_function)) return false;
  const std::uint32_t first_data = data_count();
  while (data_count() < m_.data.count()) {  // relocations may lead to data that comes later
    const DataId id{data_count()};
    data_scopes_.push_back(Unusable);
    if (!check_name(id, m_.data[id]) || !check_data(id)) return false;
  }
  for (std::uint32_t i = first_data; i < data_count(); ++i)
    if (!check_relocations(DataId{i}, m_.data[DataId{i}])) return false;
  return check_no_instance_names();
}

/// The symbol of an instance is spelled `max<i32>`, which is a name as good as any.
bool SymbolFacts::check_no_instance_names() {
  const auto is_generic = [&](std::string_view name) {
    const Symbol symbol = m_.find(name);
    if (symbol.kind == SymbolKind::Function)
      return m_.functions.contains(FunctionId{symbol.id}) &&
             (m_.functions[FunctionId{symbol.id}].flags & FunctionGeneric) != 0;
    return symbol.kind == SymbolKind::Data && m_.data.contains(DataId{symbol.id}) &&
           (m_.data[DataId{symbol.id}].flags & DataGeneric) != 0;
  };
  for (Value id : like_instances_) {
    const std::string_view text =
        m_.text(id.is_function() ? m_.functions[id.function()].name : m_.data[id.data()].name);
    // In quotes stands the name of a generic that no bare word is.
    bool clashes = text.starts_with('"') && text.find('<') != text.npos;
    if (text.ends_with(OwnSuffix) && m_.find(text.substr(0, text.size() - OwnSuffix.size())).kind != SymbolKind::None) {
      constexpr std::string_view why = "the symbol of what is called so without '.own' may be this one; rename one";
      return id.is_function() ? fail(id.function(), why) : fail(id.data(), why);
    }
    for (std::size_t at = text.find('<'); !clashes && at != text.npos; at = text.find('<', at + 1))
      clashes = is_generic(text.substr(0, at));
    if (!clashes) continue;
    constexpr std::string_view why = "an instance of a generic may have the same name; give it another one";
    return id.is_function() ? fail(id.function(), why) : fail(id.data(), why);
  }
  return true;
}

bool SymbolFacts::check_function(FunctionId id) {
  Function& f = m_.functions[id];
  if (!contains(f.location)) return fail(id, "it is located in a file that the module does not know");
  if (!check_flags(id, f) || !check_ranges(id, f)) return false;
  if (f.generic) return check_instance(id, f);
  if (f.arguments) return fail(id, "it has arguments, but is an instance of nothing");
  Scope declared = 0;
  if (f.flags & FunctionGeneric) {
    if (!types_.check_parameters(f.parameters, declared)) return fail(id, types_.reason);
  } else if (f.parameters) {
    return fail(id, "it has parameters, but is not marked as generic");
  }
  if (!f.signature || f.signature.value >= types_.type_count() || m_.types[f.signature].kind != TypeKind::Fn)
    return fail(id, "its type is no signature");
  if (!within(types_.scope(f.signature), declared))
    return fail(id, "its signature '" + m_.to_string(f.signature) + "' mentions a parameter that it does not have");
  if (m_.text(f.name) == TrapName && !is_trap_handler(m_, f.signature))
    return fail(id, "traps call it: it takes (ptr, i64, i64), has no result and is not generic");
  function_scopes_[id.value] = f.flags & FunctionGeneric ? Unusable : 0;
  return f.flags & FunctionAssembly ? check_assembly(id, f)
                                    : !f.assembly || fail(id, "it has assembly, but is not marked so");
}

bool SymbolFacts::check_flags(FunctionId id, const Function& f) {
  if (f.flags & ~AllFunctionFlags) return fail(id, "it has flags that there are not");
  if (f.flags & FunctionReserved)
    return fail(id, "it is mentioned, but declared nowhere; `extern func` declares what lies elsewhere");
  const std::uint32_t body = f.flags & (FunctionDefined | FunctionExtern | FunctionAssembly);
  if ((body & (body - 1)) != 0) return fail(id, "of a body, assembly and being external it has more than one");
  if (body == 0 && !f.generic) return fail(id, "it has no body; `extern func` declares what lies elsewhere");
  if (f.flags & FunctionGeneric && (f.generic || !(f.flags & FunctionDefined)))
    return fail(id, "a generic has a body, and is no instance itself");
  if (f.flags & FunctionShared && !(f.flags & FunctionGeneric) && !f.generic)
    return fail(id, "only a generic can be shared by its instances");
  if (f.flags & FunctionInline && f.flags & FunctionNoInline) return fail(id, "it is to be inlined always and never");
  return !(f.flags & FunctionExtern && f.flags & FunctionExported) ||
         fail(id, "it lies elsewhere, and cannot be exported from here");
}

bool SymbolFacts::check_ranges(FunctionId id, const Function& f) {
  const bool none = !f.first && !f.end && !f.first_block && !f.end_block;
  if (!(f.flags & FunctionDefined)) return none || fail(id, "it has instructions, but is not marked as defined");
  if (!f.first || !f.first_block || f.first >= f.end || f.first_block >= f.end_block ||
      f.end.value > m_.insts.count() || f.end_block.value > m_.blocks.count())
    return fail(id, "its blocks or instructions are none, or lie outside of their tables; Builder::end ends a body");
  in_order_ &= f.first.value >= end_ && f.first_block.value >= end_block_;
  end_ = f.end.value;
  end_block_ = f.end_block.value;
  return true;
}

bool SymbolFacts::check_no_overlaps(std::uint32_t first_function) {
  if (in_order_) return true;
  std::vector<FunctionId> ids;
  for (std::uint32_t i = first_function; i < function_count(); ++i)
    if (m_.functions[FunctionId{i}].flags & FunctionDefined) ids.push_back(FunctionId{i});
  const auto is_before = [&](auto begin) {
    return [this, begin](FunctionId a, FunctionId b) { return m_.functions[a].*begin < m_.functions[b].*begin; };
  };
  const auto overlap = [&](auto begin, auto end, std::string_view what) {
    sort_few(ids, is_before(begin));
    for (std::size_t i = 1; i < ids.size(); ++i)
      if (m_.functions[ids[i]].*begin < m_.functions[ids[i - 1]].*end) return !fail(ids[i], what);
    return false;
  };
  return !overlap(&Function::first, &Function::end, "it has instructions of another function") &&
         !overlap(&Function::first_block, &Function::end_block, "it has blocks of another function");
}

bool SymbolFacts::check_instance(FunctionId id, Function& f) {
  const Function& generic = m_.functions[f.generic.value < id.value ? f.generic : FunctionId{}];
  if (f.generic >= id || !(generic.flags & FunctionGeneric))
    return fail(id, "it is given arguments, but is no generic function that was declared");
  if (f.name != generic.name) return fail(id, "it is called otherwise than the generic that it is an instance of");
  if (f.parameters || f.assembly || f.flags & (FunctionExtern | FunctionAssembly))
    return fail(id, "an instance has arguments and, where it was reached, a body: nothing else");
  Scope scope = 0;
  if (!types_.check_arguments(generic.parameters, f.arguments, types_.type_count(), scope))
    return fail(id, types_.reason);
  function_scopes_[id.value] = scope;
  if (scope != 0 && f.flags & FunctionDefined)
    return fail(id, "it has a body, but its arguments mention parameters of a generic");
  const TypeId wanted = substitute(m_, generic.signature, m_.list(f.arguments));
  if (!types_.see_new_types()) return fail(id, types_.reason);
  if (!f.signature) f.signature = wanted;
  return f.signature == wanted || fail(id, "its signature is not that of the generic with these arguments, which is '" +
                                               m_.to_string(wanted) + '\'');
}

bool SymbolFacts::check_assembly(FunctionId id, const Function& f) {
  if (!types_.contains(f.assembly, 1) || !f.assembly) return fail(id, "its assembly is missing");
  const std::uint32_t n = m_.extra[f.assembly];
  if (n == 0 || n > ArchitectureCount || !types_.contains(f.assembly, 1 + std::uint64_t{n} * 2))
    return fail(id, "it has assembly for " + std::to_string(n) + " architectures, where 1 to 3 are wanted");
  unsigned seen = 0;
  for (std::uint32_t i = 0; i < n; ++i) {
    const std::uint32_t architecture = (&m_.extra[f.assembly])[1 + 2 * i];
    if (architecture >= ArchitectureCount || seen & 1u << architecture)
      return fail(id, "it has assembly for an architecture twice, or for one that there is not");
    seen |= 1u << architecture;
    const std::string_view text = m_.text(StringId{(&m_.extra[f.assembly])[2 + 2 * i]});
    const std::string its = "its assembly for " + std::string(to_string(static_cast<Architecture>(architecture)));
    if (text.empty()) return fail(id, its + " is empty");
    if (const std::optional<AssemblyFault> fault = find_fault(text))
      return fail(
          id, its + " has " + fault->message + " in line " +
                  std::to_string(
                      1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(fault->offset), '\n')) +
                  "; instructions, numbers as labels and `.L` labels are what there may be");
  }
  return true;
}

bool SymbolFacts::check_data(DataId id) {
  const Data& d = m_.data[id];
  if (!contains(d.location)) return fail(id, "it is located in a file that the module does not know");
  if (d.flags & ~AllDataFlags) return fail(id, "it has flags that there are not");
  if (d.flags & DataReserved)
    return fail(id, "it is mentioned, but declared nowhere; `extern data` declares what lies elsewhere");
  if (d.generic) return check_instance(id, d);
  if (m_.text(d.name) == TrapName) return fail(id, "traps call it, and it is no function; give it another name");
  if (d.arguments) return fail(id, "it has arguments, but is an instance of nothing");
  const std::uint32_t where = d.flags & (DataDefined | DataExtern);
  if (where != DataDefined && where != DataExtern)
    return fail(id, "it lies neither here nor elsewhere, or in both places");
  if (d.flags & DataExtern && d.flags & DataExported)
    return fail(id, "it lies elsewhere, and cannot be exported from here");
  Scope declared = 0;
  if (d.flags & DataGeneric) {
    if (!(d.flags & DataTable) || d.flags & DataExtern)
      return fail(id, "of data, only tables that lie here are generic");
    if (!types_.check_parameters(d.parameters, declared)) return fail(id, types_.reason);
  } else if (d.parameters) {
    return fail(id, "it has parameters, but is not marked as generic");
  }
  data_scopes_[id.value] = d.flags & DataGeneric ? Unusable : 0;
  return d.flags & DataTable ? check_table(id, d) : check_object(id, d);
}

bool SymbolFacts::check_instance(DataId id, const Data& d) {
  const Data& generic = m_.data[d.generic.value < id.value ? d.generic : DataId{}];
  if (d.generic >= id || !(generic.flags & DataGeneric))
    return fail(id, "it is given arguments, but is no generic table that was declared");
  if (d.name != generic.name) return fail(id, "it is called otherwise than the generic that it is an instance of");
  if (d.parameters || d.flags & (DataExtern | DataGeneric))
    return fail(id, "an instance has arguments and, where it was reached, functions: nothing else");
  Scope scope = 0;
  if (!types_.check_arguments(generic.parameters, d.arguments, types_.type_count(), scope))
    return fail(id, types_.reason);
  data_scopes_[id.value] = scope;
  if (scope != 0 && d.flags & DataDefined)
    return fail(id, "it is there, but its arguments mention parameters of a generic");
  if (!(d.flags & DataDefined)) return (!d.bytes && !d.relocations) || fail(id, "it has content, but is not marked so");
  return d.flags & DataTable ? check_table(id, d) : fail(id, "an instance of a table is none");
}

bool SymbolFacts::check_object(DataId id, const Data& d) {
  if (!d.type || d.type.value >= types_.type_count()) return fail(id, "it has no type");
  const std::string type = '\'' + m_.to_string(d.type) + '\'';
  if (!(types_.set(d.type) & TypesInMemory)) return fail(id, "its type is " + type + ", which has no place in memory");
  if (types_.set(d.type) & TypeFacts::Dependent)
    return fail(id, "its type " + type + " mentions parameters of a generic");
  if (!types_.make_usable(d.type)) return fail(id, types_.reason);
  if (d.size != m_.types[d.type].size)
    return fail(id, "it has " + base::counted(d.size, "byte") + ", where its type " + type + " has " +
                        std::to_string(m_.types[d.type].size));
  if (d.flags & (DataZero | DataExtern))
    return (!d.bytes && !d.relocations) || fail(id, "it is zero or lies elsewhere, but has content; give it bytes");
  if (d.size == 0) return true;
  return (d.bytes && std::uint64_t{d.bytes.value} + d.size <= m_.bytes.count()) ||
         fail(id, "its bytes lie outside of Module::bytes");
}

bool SymbolFacts::check_table(DataId id, const Data& d) {
  if (d.flags & (DataMutable | DataZero) || d.bytes) return fail(id, "a table is constant, and has functions only");
  if (d.type && (d.type.value >= types_.type_count() || m_.types[d.type].kind != TypeKind::Interface))
    return fail(id, "the type of a table is an interface or none");
  return !(d.flags & DataExtern) || !d.relocations || fail(id, "it lies elsewhere, but has functions");
}

bool SymbolFacts::check_relocations(DataId id, const Data& d) {
  const bool table = (d.flags & (DataTable | DataDefined)) == (DataTable | DataDefined);
  std::uint32_t n = 0;
  if (d.relocations) {
    if (!types_.contains(d.relocations, 1)) return fail(id, "its relocations lie outside of Module::extra");
    n = m_.extra[d.relocations];
    if (!types_.contains(d.relocations, 1 + std::uint64_t{n} * 3))
      return fail(id, "its relocations lie outside of Module::extra");
  }
  words_ += n;  // lists that several share would make the work grow without the module growing
  if (words_ > (std::uint64_t{m_.extra.count()} + m_.data.count()) * 16)
    return fail(id, "lists of relocations overlap in Module::extra");
  if (table) {
    if (d.size != std::uint64_t{n} * 8)
      return fail(id, "it has " + base::counted(n, "function") + ", but " + base::counted(d.size, "byte"));
    if (d.type && n != m_.types[d.type].count)
      return fail(id, "it has " + base::counted(n, "function") + ", where '" + m_.to_string(d.type) + "' has " +
                          base::counted(m_.types[d.type].count, "method"));
  }
  std::uint64_t least = 0;
  for (std::uint32_t i = 0; i < n; ++i)
    if (!check_relocation(id, d, i, least)) return false;
  return true;
}

bool SymbolFacts::check_relocation(DataId id, const Data& d, std::uint32_t number, std::uint64_t& least) {
  const std::uint32_t* words = &m_.extra[d.relocations] + 1 + std::size_t{number} * 3;
  const std::uint32_t offset = words[0];
  const Value symbol = Value::of_bits(words[1]);
  const auto addend = static_cast<std::int32_t>(words[2]);
  const std::string which = "the address at " + std::to_string(offset);
  const bool table = (d.flags & DataTable) != 0;
  if (offset % 8 != 0 || offset < least || std::uint64_t{offset} + 8 > d.size || (table && offset != number * 8))
    return fail(id, which + " is not aligned to 8, overlaps another one, is out of order, or lies outside");
  least = std::uint64_t{offset} + 8;

  Scope declared = 0;
  if (d.flags & DataGeneric) (void)types_.check_parameters(d.parameters, declared);
  Scope used = 0;
  if (symbol.is_function() && m_.functions.contains(symbol.function()))
    used = scope(symbol.function());
  else if (symbol.is_data() && m_.data.contains(symbol.data()) && !table)
    used = scope(symbol.data());
  else if (symbol.is_const() && symbol.constant() && symbol.constant().value < types_.const_count() && !table &&
           m_.consts[symbol.constant()].kind == ConstKind::TypeRecord)
    used = types_.scope(symbol.constant());
  else
    return fail(id, which + (table ? " is no function" : " is neither a function, data nor a type record"));
  if (used == Unusable) return fail(id, which + " is that of a generic without arguments");
  if (!within(used, declared)) return fail(id, which + " mentions parameters of a generic that it does not have");
  if (addend != 0 && !symbol.is_data()) return fail(id, which + " leads into a function or type record");
  return !table || !d.type || check_method(id, d, number, symbol.function());
}

bool SymbolFacts::check_method(DataId id, const Data& d, std::uint32_t number, FunctionId function) {
  const std::uint32_t* method = &m_.extra[m_.types[d.type].list] + std::size_t{number} * 2;
  const Type& wanted = m_.types[TypeId{method[1]}];
  if (takes_pointer_first(m_, m_.types[m_.functions[function].signature], wanted)) return true;
  return fail(id, "entry " + std::to_string(number) + " is '" + m_.to_string(m_.functions[function].signature) +
                      "', where the method " + name_text(m_.text(StringId{method[0]})) + " is '" +
                      m_.to_string(TypeId{method[1]}) + "' with ptr before");
}

}  // namespace inlay::ir
