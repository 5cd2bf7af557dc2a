// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/verify/types.h"

#include "base/messages.h"

#include <algorithm>
#include <bit>

#include "ir/substitute.h"

namespace inlay::ir {

namespace {

constexpr std::uint16_t AllTypeFlags = TypeDependent | TypeLaidOut | TypeIncomplete | TypeInvalid | TypeBusy;
constexpr std::uint32_t OfParameter = TypesBool | TypesInt | TypesFloat | TypesPtr;  // of what !T may be an instance

/// Whether a type says nothing but what its kind has to say.
bool says_no_more(const Type& t) {
  const TypeKind k = t.kind;
  const bool signature = k == TypeKind::Fn || k == TypeKind::Closure;
  const bool members = k == TypeKind::Struct || k == TypeKind::Interface;
  const bool counted = signature || members || k == TypeKind::Vector || k == TypeKind::TypeParam;
  const bool element = signature || k == TypeKind::Vector || k == TypeKind::Array || k == TypeKind::Slice;
  return (counted || !t.count) && (element || !t.element) && (signature || members || !t.list) &&
         (members || !t.name) && (k == TypeKind::Array || !t.length) &&
         (k == TypeKind::Struct || (!t.parameters && !t.arguments)) &&
         (k == TypeKind::Struct || k == TypeKind::Vector || !t.generic);
}

bool is_scalar(TypeId type) { return type >= Bool && type <= F64; }

}  // namespace

bool TypeFacts::fail(TypeId type, std::string_view text) {
  std::string shown;
  if (type.value < type_count() && type != at_hand_)
    shown = '\'' + m_.to_string(type) + '\'';
  else if (m_.types[type].name && m_.types[type].kind >= TypeKind::Struct)
    shown = '\'' + std::string(m_.text(m_.types[type].name)) + '\'';
  else
    shown = "number " + std::to_string(type.value);
  return fail("type " + shown + ": " + std::string(text));
}

bool TypeFacts::add_words(std::uint64_t words) {
  // Lists that several types share would make the work grow without the module growing.
  words_ += words;
  return words_ <= (std::uint64_t{m_.extra.count()} + m_.types.count()) * 16 ||
         fail("lists of types overlap in Module::extra");
}

bool TypeFacts::add_part(TypeId whole, TypeId part, std::uint32_t wanted, std::string_view role) {
  if (!part || part >= whole)
    return fail(whole, std::string(role) + " is type number " + std::to_string(part.value) +
                           ", where a type that was there before is wanted");
  if (!(set(part) & wanted)) {
    const std::string_view why = (wanted & TypesStruct) ? ", which has no place in memory"
                                                        : ", which is no type of a value; a pointer to it would be";
    return fail(whole, std::string(role) + " is '" + m_.to_string(part) + '\'' + std::string(why));
  }
  const Fact& fact = facts_[part.value];
  new_scope_ = join(new_scope_, fact.scope);
  new_depth_ = std::max<std::uint32_t>(new_depth_, fact.depth + 1u);
  new_size_ += fact.size;
  return true;
}

bool TypeFacts::add_basic(TypeId id, const Type& t) {
  constexpr std::uint32_t sets[] = {0,        TypesBool,  TypesInt | TypesByte, TypesInt, TypesInt,
                                    TypesInt, TypesFloat, TypesFloat,           TypesPtr};
  constexpr std::uint32_t sizes[] = {0, 1, 1, 2, 4, 8, 4, 8, 8};
  const auto kind = static_cast<std::uint32_t>(t.kind);
  const bool laid_out = id != Void;
  if (kind != id.value - 1 || t.size != sizes[kind] || t.flags != (laid_out ? TypeLaidOut : TypeInvalid) ||
      (laid_out && t.align_log2 != std::countr_zero(t.size)) || t.name || t.list || t.parameters || t.arguments ||
      t.generic || t.length || t.element || t.count)
    return fail("type number " + std::to_string(id.value) + " is not the one that every module has there");
  sets_.back() = sets[kind] | (laid_out ? Usable : 0);
  facts_.back().checked_contents = true;
  return true;
}

bool TypeFacts::add_vector(TypeId id, const Type& t) {
  if (!add_part(id, t.element, TypesBool | TypesInt | TypesFloat, "what its lanes hold")) return false;
  if (!is_scalar(t.element) && m_.types[t.element].kind != TypeKind::TypeParam)
    return fail(id, "lanes hold integers, floats or bools");
  if (t.count < 2 || t.count > 64 || !std::has_single_bit(t.count))
    return fail(id, "it has " + std::to_string(t.count) + " lanes, where a power of two from 2 to 64 is wanted");
  const bool of_bools = t.element == Bool;
  const bool truth_there = of_bools ? t.generic == id : t.generic && t.generic < id;
  if (!truth_there) return fail(id, "the vector of as many bools is missing");
  if (!of_bools) {
    const Type& truth = m_.types[t.generic];
    if (truth.kind != TypeKind::Vector || truth.element != Bool || truth.count != t.count)
      return fail(id, "the vector of as many bools is another type");
  }
  sets_.back() = of_bools                 ? TypesBoolVector
                 : m_.is_int(t.element)   ? TypesIntVector
                 : m_.is_float(t.element) ? TypesFloatVector
                                          : TypesIntVector | TypesFloatVector | TypesBoolVector;
  return true;
}

bool TypeFacts::add_array(TypeId id, const Type& t) {
  if (!add_part(id, t.element, TypesInMemory, "its element")) return false;
  bool good = t.length.is_number() && t.length.number() >= 0;
  if (t.length.is_const() && m_.consts.contains(t.length.constant())) {
    const Const& c = m_.consts[t.length.constant()];
    good = c.type == I64 && (c.kind == ConstKind::Int || c.kind == ConstKind::Param);
    if (good && c.kind == ConstKind::Param) {
      if (c.bits >= MostGenericParameters) return fail(id, "its length is a parameter that no generic has");
      new_scope_ = join(new_scope_, scope_of(static_cast<std::uint32_t>(c.bits), I64.value));
    }
  }
  if (!good) return fail(id, "its length is neither a number that is not negative nor a parameter of a generic");
  sets_.back() = TypesArray;
  return true;
}

bool TypeFacts::add_signature(TypeId id, const Type& t) {
  if (t.count > MostParameters)
    return fail(id, "it has " + base::counted(t.count, "parameter") + ", where at most 255 are wanted");
  if (!contains(t.list, t.count)) return fail(id, "its parameters lie outside of Module::extra");
  if (!add_words(t.count)) return false;
  for (std::uint32_t i = 0; i < t.count; ++i)
    if (!add_part(id, m_.parameter_type(id, i), TypesAnyValue, "parameter " + std::to_string(i + 1))) return false;
  if (t.element != Void && !add_part(id, t.element, TypesAnyValue, "the result")) return false;
  sets_.back() = t.kind == TypeKind::Fn ? TypesFn : TypesClosure;
  return true;
}

bool TypeFacts::add_struct(TypeId id, const Type& t) {
  const bool incomplete = (t.flags & TypeIncomplete) != 0;
  if (!incomplete && !contains(t.list, std::uint64_t{t.count} * 3))
    return fail(id, "its fields lie outside of Module::extra");
  if (!add_words(incomplete ? 0 : std::uint64_t{t.count} * 3)) return false;
  sets_.back() = TypesStruct;
  if (t.generic) {
    if (t.generic >= id || m_.types[t.generic].kind != TypeKind::Struct || !m_.types[t.generic].parameters ||
        t.parameters)
      return fail(id, "it is an instance of what is no generic struct");
    if (t.name != m_.types[t.generic].name) return fail(id, "it is called otherwise than the generic that it is of");
    if (!check_arguments(m_.types[t.generic].parameters, t.arguments, id.value, new_scope_))
      return fail(id, std::string(reason));
    return true;
  }
  if (t.arguments) return fail(id, "it has arguments, but is an instance of nothing");
  if (t.parameters) {
    if (!t.name) return fail(id, "a generic needs a name");
    Scope declared = 0;
    if (!check_parameters(t.parameters, declared)) return fail(id, std::string(reason));
    sets_.back() = 0;
  }
  if (t.name) return add_name(id, t);
  for (std::uint32_t i = 0; i < t.count && !incomplete; ++i) {
    const TypeId field{(&m_.extra[t.list])[std::size_t{i} * 3 + 1]};
    if (!add_part(id, field, TypesInMemory, "field " + std::to_string(i))) return false;
  }
  return !incomplete || fail(id, "it has neither a name nor fields");
}

bool TypeFacts::add_name(TypeId id, const Type& t) {
  if (m_.text(t.name).empty()) return fail(id, "its name is empty");
  const std::size_t word = t.name.value / 64;
  if (word >= names_.size()) names_.resize(word + word / 2 + 1);
  const std::uint64_t bit = std::uint64_t{1} << t.name.value % 64;
  if (names_[word] & bit) return fail(id, "another type has the same name");
  names_[word] |= bit;
  return true;
}

bool TypeFacts::add_type(TypeId id) {
  Type& t = m_.types[id];
  if (t.kind > TypeKind::TypeParam || t.flags & ~AllTypeFlags)
    return fail("type number " + std::to_string(id.value) + " is of no kind that there is");
  if (id > Ptr && !says_no_more(t))
    return fail("type number " + std::to_string(id.value) + " says what its kind has no use for");
  sets_.push_back(0);
  facts_.push_back({});
  bool good = false;
  at_hand_ = id;
  new_depth_ = 1;
  new_size_ = 1;
  new_scope_ = 0;
  const auto popped = [&] {
    sets_.pop_back();
    facts_.pop_back();
    return false;
  };
  if (id <= Ptr) {
    at_hand_ = {};
    return add_basic(id, t) || popped();
  }
  switch (t.kind) {
    case TypeKind::Vector:
      good = add_vector(id, t);
      break;
    case TypeKind::Array:
      good = add_array(id, t);
      break;
    case TypeKind::Struct:
      good = add_struct(id, t);
      break;
    case TypeKind::Slice:
      good = add_part(id, t.element, TypesInMemory, "its element");
      sets_.back() = TypesSlice;
      break;
    case TypeKind::Fn:
    case TypeKind::Closure:
      good = add_signature(id, t);
      break;
    case TypeKind::Interface:
      good = t.name ? add_name(id, t) : fail("an interface has no name");
      sets_.back() = TypesInterface;
      break;
    case TypeKind::TypeParam:
      good = t.count < MostGenericParameters ||
             fail("type number " + std::to_string(id.value) + " is parameter number " + std::to_string(t.count) +
                  " of a generic, where at most 16 are wanted");
      if (good) new_scope_ = scope_of(t.count, 1);
      sets_.back() = OfParameter;
      break;
    default:
      good = fail("type number " + std::to_string(id.value) + " says what an earlier one says");
  }
  if (!good) return popped();
  const bool dependent = new_scope_ != 0 || sets_.back() == 0;
  if (dependent != ((t.flags & TypeDependent) != 0)) {
    popped();
    return fail(id, dependent ? "it mentions parameters of a generic, but is not marked so"
                              : "it is marked as mentioning parameters of a generic, but mentions none");
  }
  if (new_depth_ > DeepestType || new_size_ > LargestType) {
    popped();
    return fail(id, "its parts lie too deep within each other, or are too many; give a name to some of them");
  }
  at_hand_ = {};
  if (dependent) sets_.back() |= Dependent;
  Fact& fact = facts_.back();
  fact.scope = new_scope_;
  fact.depth = static_cast<std::uint8_t>(new_depth_);
  fact.size = static_cast<std::uint32_t>(new_size_);
  if (!trusted_ && id.value < first_count_) {
    // What stands there is believed only if it was worked out here.
    fact.was_laid_out = (t.flags & TypeLaidOut) != 0;
    t.flags &= static_cast<std::uint16_t>(~(TypeLaidOut | TypeInvalid | TypeBusy));
  }
  return true;
}

bool TypeFacts::check_parameters(ExtraId parameters, Scope& declared) {
  if (!contains(parameters, 1)) return fail("its parameters lie outside of Module::extra");
  const std::uint32_t n = m_.extra[parameters];
  if (n == 0 || n > MostGenericParameters)
    return fail("it has " + base::counted(n, "parameter") + ", where 1 to 16 are wanted");
  if (!contains(parameters, 1 + std::uint64_t{n} * 2)) return fail("its parameters lie outside of Module::extra");
  for (std::uint32_t i = 0; i < n; ++i) {
    const TypeId type{(&m_.extra[parameters])[2 + 2 * i]};
    if (type && !is_scalar(type))
      return fail("parameter !" + std::string(m_.text(StringId{(&m_.extra[parameters])[1 + 2 * i]})) +
                  " is a constant, where a type, an integer, a bool or a float is wanted");
    declared |= scope_of(i, type ? type.value : 1);
  }
  return true;
}

bool TypeFacts::check_arguments(ExtraId parameters, ExtraId arguments, std::uint32_t type_limit, Scope& scope) {
  const std::uint32_t wanted = m_.extra[parameters];
  if (!contains(arguments, 1) || !contains(arguments, std::uint64_t{1} + m_.extra[arguments]))
    return fail("its arguments lie outside of Module::extra");
  const std::span<const std::uint32_t> list = m_.list(arguments);
  if (list.size() != wanted)
    return fail("it has " + base::counted(list.size(), "argument") + ", where " + std::to_string(wanted) +
                " are wanted");
  for (std::uint32_t i = 0; i < wanted; ++i) {
    const TypeId type{(&m_.extra[parameters])[2 + 2 * i]};
    const std::string which = "argument " + std::to_string(i + 1);
    if (type) {
      if (check_argument(Value::of_bits(list[i]), type, type_limit, scope)) continue;
      return fail(which + " is not a constant of type " + m_.to_string(type));
    }
    if (list[i] == 0 || list[i] >= type_limit || list[i] >= type_count())
      return fail(which + " is type number " + std::to_string(list[i]) +
                  ", where a type that was there before is wanted");
    const TypeId argument{list[i]};
    if (!(set(argument) & (TypesAnyValue | TypesInMemory)))
      return fail(which + " is '" + m_.to_string(argument) + "', where the type of a value or of memory is wanted");
    const Fact& fact = facts_[argument.value];
    scope = join(scope, fact.scope);
    new_depth_ = std::max<std::uint32_t>(new_depth_, fact.depth + 1u);
    new_size_ += fact.size;
  }
  return true;
}

bool TypeFacts::check_argument(Value value, TypeId type, std::uint32_t type_limit, Scope& scope) {
  if (value.is_number()) return holds(type, value.number());
  if (!value.is_const() || !m_.consts.contains(value.constant())) return false;
  const Const& c = m_.consts[value.constant()];
  if (c.type != type) return false;
  switch (c.kind) {
    case ConstKind::Int:
    case ConstKind::Float:
      return true;
    case ConstKind::Param:
      if (c.bits >= MostGenericParameters) return false;
      scope = join(scope, scope_of(static_cast<std::uint32_t>(c.bits), type.value));
      return true;
    case ConstKind::SizeOf:
    case ConstKind::AlignOf: {
      if (c.bits == 0 || c.bits >= type_limit || c.bits >= type_count()) return false;
      const Fact& fact = facts_[c.bits];
      scope = join(scope, fact.scope);
      new_depth_ = std::max<std::uint32_t>(new_depth_, fact.depth + 1u);
      new_size_ += fact.size;
      return true;
    }
    default:
      return false;
  }
}

bool TypeFacts::check_members(TypeId id) {
  const Type& t = m_.types[id];
  if (t.kind == TypeKind::Interface) return check_methods(id, t);
  if (t.kind != TypeKind::Struct || !t.name) return true;
  if (t.flags & TypeIncomplete) return t.generic || fail(id, "it is mentioned, but defined nowhere");
  Scope declared = facts_[id.value].scope;  // of an instance
  if (t.parameters && !check_parameters(t.parameters, declared)) return false;
  return check_fields(id, t, declared);
}

bool TypeFacts::check_fields(TypeId id, const Type& t, Scope declared) {
  for (std::uint32_t i = 0; i < t.count; ++i) {
    const TypeId field{(&m_.extra[t.list])[std::size_t{i} * 3 + 1]};
    const std::string which = "field " + std::to_string(i);
    if (!field || field.value >= type_count())
      return fail(id, which + " is type number " + std::to_string(field.value) + ", which there is not");
    if (!in_memory(field)) return fail(id, which + " is '" + m_.to_string(field) + "', which has no place in memory");
    if (!within(scope(field), declared))
      return fail(id, which + " is '" + m_.to_string(field) + "', which mentions a parameter that the type has not");
  }
  return true;
}

bool TypeFacts::check_methods(TypeId id, const Type& t) {
  if (t.flags & TypeIncomplete) return fail(id, "it is mentioned, but defined nowhere");
  if (!contains(t.list, std::uint64_t{t.count} * 2)) return fail(id, "its methods lie outside of Module::extra");
  if (!add_words(std::uint64_t{t.count} * 2)) return false;
  std::vector<std::uint32_t> names;
  for (std::uint32_t i = 0; i < t.count; ++i) {
    const StringId name{(&m_.extra[t.list])[std::size_t{i} * 2]};
    if (!m_.text(name).empty()) names.push_back(name.value);
  }
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
    return fail(id, "it has two methods called " + name_text(m_.text(StringId{*twice})));
  for (std::uint32_t i = 0; i < t.count; ++i) {
    const TypeId method{(&m_.extra[t.list])[std::size_t{i} * 2 + 1]};
    const std::string which = "method " + std::to_string(i);
    if (!method || method.value >= type_count() || m_.types[method].kind != TypeKind::Fn)
      return fail(id, which + " is no signature");
    if (scope(method)) return fail(id, which + " mentions parameters of a generic, which interfaces do not have");
    if (m_.types[method].count == MostParameters)
      return fail(id, which + " has 255 parameters, where the object must fit in before them");
  }
  return true;
}

bool TypeFacts::see_new_types() {
  while (type_count() < m_.types.count())
    if (!add_type(TypeId{type_count()})) return false;
  for (; members_seen_ < type_count(); ++members_seen_)
    if (!check_members(TypeId{members_seen_})) return false;
  return type_count() <= std::uint64_t{first_count_} + MostNewTypes ||
         fail("there is no end to the instances of generic types that mention each other");
}

bool TypeFacts::lay_out(TypeId id) {
  if (facts_[id.value].checked_contents) return true;
  if (!m_.lay_out(id)) {
    if (m_.types[id].kind == TypeKind::Interface) return fail(id, "it has no layout");
    return fail(id, "it has no layout: it contains itself, is larger than 4 GiB, or has a part without one");
  }
  if (!see_new_types()) return false;
  return check_contents(id);
}

bool TypeFacts::check_contents(TypeId id) {
  if (facts_[id.value].checked_contents) return true;
  facts_[id.value].checked_contents = true;
  const Type& t = m_.types[id];
  if (t.kind == TypeKind::Array) return check_contents(t.element);
  if (t.kind != TypeKind::Struct) return true;
  // An instance has its fields only now.
  if (!check_fields(id, t, 0)) return false;
  for (std::uint32_t i = 0; i < t.count; ++i)
    if (!check_contents(TypeId{(&m_.extra[t.list])[std::size_t{i} * 3 + 1]})) return false;
  return true;
}

bool TypeFacts::make_usable(TypeId type) {
  if (set(type) & (Usable | Dependent)) return true;
  if (!lay_out(type)) return false;
  const Type& t = m_.types[type];
  if (t.kind == TypeKind::Slice && !lay_out(t.element)) return false;
  sets_[type.value] |= Usable;
  return true;
}

bool TypeFacts::add_lanes(ConstId id, const Const& c) {
  const std::string which = "constant number " + std::to_string(id.value);
  const Type& t = m_.types[c.type];
  if (t.kind != TypeKind::Vector) return fail(which + " has lanes, but is of type '" + m_.to_string(c.type) + '\'');
  if (c.bits >> 32 || !contains(ExtraId{static_cast<std::uint32_t>(c.bits)}, t.count))
    return fail(which + ": its lanes lie outside of Module::extra");
  const bool open = (set(t.element) & Dependent) != 0;
  for (std::uint32_t word : m_.words(ExtraId{static_cast<std::uint32_t>(c.bits)}, t.count)) {
    const Value lane = Value::of_bits(word);
    if (lane.is_number() && (open || holds(t.element, lane.number()))) continue;
    const bool earlier = lane.is_const() && lane.constant() && lane.constant() < id;
    const Const& part = m_.consts[earlier ? lane.constant() : ConstId{}];
    const bool fits = earlier && part.type == t.element &&
                      (part.kind == ConstKind::Int || part.kind == ConstKind::Float || part.kind == ConstKind::Param);
    if (!fits) return fail(which + ": a lane of '" + m_.to_string(c.type) + "' is no constant of its type");
    const_scopes_.back() = join(const_scopes_.back(), const_scopes_[lane.constant().value]);
  }
  return true;
}

bool TypeFacts::add_const(ConstId id) {
  const Const& c = m_.consts[id];
  const std::string which = "constant number " + std::to_string(id.value);
  if (c.kind > ConstKind::Param || !c.type || c.type.value >= type_count())
    return fail(which + " is of no kind or type that there is");
  const auto of_wrong_type = [&] { return fail(which + " has the wrong type: '" + m_.to_string(c.type) + '\''); };
  const_scopes_.push_back(scope(c.type));
  const bool open = m_.types[c.type].kind == TypeKind::TypeParam;
  switch (c.kind) {
    case ConstKind::Int: {
      const auto number = static_cast<std::int64_t>(c.bits);
      // A small number has no need to be a constant, unless its place asks for a type (with_type() in ir/clone.h).
      if (!m_.is_int(c.type) && c.type != Bool && !open) return of_wrong_type();
      if (!open && !holds(c.type, number))
        return fail(which + " is " + std::to_string(number) + ", which does not fit its type");
      return true;
    }
    case ConstKind::Float:
      if (!m_.is_float(c.type)) return of_wrong_type();
      return c.type == F64 || c.bits >> 32 == 0 || fail(which + " has more bits than an f32");
    case ConstKind::Zero:
      if (!(set(c.type) & TypesAnyValue) || is_scalar(c.type) || c.bits != 0) return of_wrong_type();
      return true;
    case ConstKind::Lanes:
      return add_lanes(id, c);
    case ConstKind::SizeOf:
    case ConstKind::AlignOf:
    case ConstKind::TypeRecord: {
      if (c.type != (c.kind == ConstKind::TypeRecord ? Ptr : I64)) return of_wrong_type();
      if (c.bits == 0 || c.bits >= type_count()) return fail(which + " is about a type that there is not");
      const TypeId about{static_cast<std::uint32_t>(c.bits)};
      if (!in_memory(about))
        return fail(which + " is about '" + m_.to_string(about) + "', which has no place in memory");
      const_scopes_.back() = scope(about);
      return (set(about) & Dependent) != 0 || lay_out(about);
    }
    case ConstKind::Param:
      if (!is_scalar(c.type)) return of_wrong_type();
      if (c.bits >= MostGenericParameters) return fail(which + " is a parameter that no generic has");
      const_scopes_.back() = scope_of(static_cast<std::uint32_t>(c.bits), c.type.value);
      return true;
  }
  return true;
}

bool TypeFacts::catch_up() {
  if (sets_.empty()) {
    first_count_ = m_.types.count();
    sets_.reserve(first_count_ + 16);
    facts_.reserve(first_count_ + 16);
    const_scopes_.reserve(m_.consts.count() + 16);
    sets_.push_back(0);
    facts_.push_back({});
    const_scopes_.push_back(0);
    if (!see_new_types()) return false;
    for (std::uint32_t i = Ptr.value + 1; i < first_count_; ++i) {
      const TypeId id{i};
      const bool asked_for =
          trusted_ ? (m_.types[id].flags & TypeLaidOut) != 0 : !m_.types[id].arguments || facts_[i].was_laid_out;
      if (asked_for && !(set(id) & Dependent) && !lay_out(id)) return false;
    }
  }
  if (!see_new_types()) return false;
  while (const_count() < m_.consts.count())
    if (!add_const(ConstId{const_count()})) return false;
  return true;
}

}  // namespace inlay::ir
