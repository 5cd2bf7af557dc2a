// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/lower/debug.h"

#include <algorithm>

#include "codegen/lower/lower.h"

#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/Module.h>

namespace inlay::codegen {

namespace {

using ir::TypeId;
using ir::TypeKind;

constexpr unsigned DeepestType = 32;  // types within types that are told
constexpr std::uint64_t Word = 64;    // bits

/// The variable that a value belongs to: `total.1` is `total`.
std::string_view variable_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == name.npos || dot == 0 || dot + 1 == name.size()) return name;
  const std::string_view digits = name.substr(dot + 1);
  return digits.find_first_not_of("0123456789") == digits.npos ? name.substr(0, dot) : name;
}

}  // namespace

DebugInfo::DebugInfo(llvm::Module& into, const ir::Module& module)
    : into_(into), module_(module), builder_(into), types_(module.types.count()) {
  if (!into.getModuleFlag("Dwarf Version")) into.addModuleFlag(llvm::Module::Max, "Dwarf Version", 5);
  if (!into.getModuleFlag("Debug Info Version"))
    into.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
}

/// The unit is named after the first file that is mentioned.
void DebugInfo::make_unit(llvm::DIFile* file) {
  if (unit_) return;
  // Without a table of names: gdb 13 gives up on a file where one covers some of the units only, and the runtimes' have
  // none.
  unit_ = builder_.createCompileUnit(llvm::DISourceLanguageName(llvm::dwarf::DW_LANG_C99), file, "inlay",
                                     /*isOptimized=*/false, "", 0, "", llvm::DICompileUnit::FullDebug, 0, true, false,
                                     llvm::DICompileUnit::DebugNameTableKind::None);
}

llvm::DIFile* DebugInfo::file(ir::FileId id) {
  if (id.value >= files_.size()) files_.resize(id.value + 1);
  llvm::DIFile*& known = files_[id.value];
  if (known) return known;
  const std::string_view path = id ? module_.path(id) : std::string_view();
  known = builder_.createFile(path.empty() ? llvm::StringRef(into_.getName()) : llvm::StringRef(path), "");
  make_unit(known);
  return known;
}

void DebugInfo::begin(ir::FunctionId id, llvm::Function& function) {
  const ir::Function& f = module_.functions[id];
  llvm::DIFile* in = file(f.location.file());
  auto flags = llvm::DISubprogram::SPFlagDefinition;
  if (function.hasLocalLinkage()) flags |= llvm::DISubprogram::SPFlagLocalToUnit;
  const std::string name = symbol_name(module_, id);
  subprogram_ = builder_.createFunction(in, name, name == function.getName() ? llvm::StringRef() : function.getName(),
                                        in, f.location.line(), signature(f.signature), f.location.line(),
                                        llvm::DINode::FlagPrototyped, flags);
  function.setSubprogram(subprogram_);
  in_file_ = f.location.file();
  line_ = f.location.line();
  last_ = {};
  last_location_ = llvm::DILocation::get(into_.getContext(), 0, 0, subprogram_);
  scopes_.clear();
  locals_.clear();
}

llvm::DebugLoc DebugInfo::location(ir::Location location) {
  if (location == last_) return last_location_;
  last_ = location;
  llvm::DIScope* scope = subprogram_;
  if (location && location.file() != in_file_) {
    const auto known =
        std::find_if(scopes_.begin(), scopes_.end(), [&](const auto& each) { return each.first == location.file(); });
    if (known != scopes_.end()) {
      scope = known->second;
    } else {
      scope = builder_.createLexicalBlockFile(subprogram_, file(location.file()));
      scopes_.emplace_back(location.file(), scope);
    }
  }
  last_location_ = llvm::DILocation::get(into_.getContext(), location.line(), 0, scope);
  return last_location_;
}

llvm::DILocalVariable* DebugInfo::find_local(std::string_view name, TypeId type) {
  for (std::size_t i = locals_.size(); i > 0; --i)
    if (locals_[i - 1].type == type && locals_[i - 1].name == name) return locals_[i - 1].variable;
  return nullptr;
}

llvm::DILocalVariable* DebugInfo::local_variable(std::string_view name, TypeId type) {
  name = variable_name(name);
  if (llvm::DILocalVariable* known = find_local(name, type)) return known;
  llvm::DILocalVariable* variable =
      builder_.createAutoVariable(subprogram_, llvm::StringRef(name), subprogram_->getFile(),
                                  last_ ? last_.line() : line_, this->type(type), /*AlwaysPreserve=*/true);
  locals_.push_back({std::string(name), type, variable});
  return variable;
}

void DebugInfo::parameter(std::uint32_t number, std::string_view name, TypeId type, llvm::Value* first,
                          llvm::Value* second, llvm::IRBuilderBase& builder) {
  name = variable_name(name);
  llvm::DILocalVariable* variable = builder_.createParameterVariable(
      subprogram_, llvm::StringRef(name), number + 1, subprogram_->getFile(), line_, this->type(type),
      /*AlwaysPreserve=*/true, name.empty() ? llvm::DINode::FlagArtificial : llvm::DINode::FlagZero);
  if (!name.empty()) locals_.push_back({std::string(name), type, variable});
  set_value(variable, first, second, builder);
}

void DebugInfo::local(std::string_view name, TypeId type, llvm::Value* first, llvm::Value* second,
                      llvm::IRBuilderBase& builder) {
  set_value(local_variable(name, type), first, second, builder);
}

void DebugInfo::slot(std::string_view name, TypeId type, llvm::Value* address, llvm::IRBuilderBase& builder) {
  // Not the one that values of that name belong to: a variable lies in one place.
  const std::string_view shown = variable_name(name);
  llvm::DILocalVariable* variable =
      builder_.createAutoVariable(subprogram_, llvm::StringRef(shown), subprogram_->getFile(), line_, this->type(type),
                                  /*AlwaysPreserve=*/true);
  builder_.insertDeclare(address, variable, builder_.createExpression(), here(builder), builder.GetInsertBlock());
}

/// Where a record stands: it needs a place even where instructions have none.
const llvm::DILocation* DebugInfo::here(llvm::IRBuilderBase& builder) {
  const llvm::DebugLoc at = builder.getCurrentDebugLocation();
  return at ? at.get() : llvm::DILocation::get(into_.getContext(), 0, 0, subprogram_);
}

void DebugInfo::set_value(llvm::DILocalVariable* variable, llvm::Value* first, llvm::Value* second,
                          llvm::IRBuilderBase& builder) {
  llvm::DIExpression* whole = builder_.createExpression();
  const auto set = [&](llvm::Value* value, llvm::DIExpression* expression) {
    builder_.insertDbgValueIntrinsic(value, variable, expression, here(builder), builder.GetInsertBlock());
  };
  if (!second) return set(first, whole);
  set(first, *llvm::DIExpression::createFragmentExpression(whole, 0, Word));
  set(second, *llvm::DIExpression::createFragmentExpression(whole, Word, Word));
}

void DebugInfo::end() {
  builder_.finalizeSubprogram(subprogram_);
  subprogram_ = nullptr;
}

void DebugInfo::data(ir::DataId id, llvm::GlobalVariable& object) {
  const ir::Data& d = module_.data[id];
  if (!d.type || object.isDeclaration()) return;
  llvm::DIFile* in = file(d.location.file());
  llvm::DIType* shown = d.flags & ir::DataTable ? nullptr : type(d.type);
  if (!shown) return;
  object.addDebugInfo(builder_.createGlobalVariableExpression(unit_, symbol_name(module_, id), "", in,
                                                              d.location.line(), shown, object.hasLocalLinkage()));
}

void DebugInfo::finish() { builder_.finalize(); }

llvm::DISubroutineType* DebugInfo::signature(TypeId id) {
  const ir::Type& signature = module_.types[id];
  std::vector<llvm::Metadata*> types{type(signature.element)};
  for (std::uint32_t i = 0; i < signature.count; ++i) types.push_back(type(module_.parameter_type(id, i)));
  return builder_.createSubroutineType(builder_.getOrCreateTypeArray(types));
}

llvm::DIType* DebugInfo::type(TypeId id) {
  if (types_[id.value] || depth_ == DeepestType) return types_[id.value];
  ++depth_;
  llvm::DIType* made = make_type(id);
  --depth_;
  return types_[id.value] = made;
}

llvm::DIType* DebugInfo::make_type(TypeId id) {
  const ir::Type& type = module_.types[id];
  const std::uint64_t bits = std::uint64_t{type.size} * 8;
  switch (type.kind) {
    case TypeKind::Bool:
      return builder_.createBasicType("bool", 8, llvm::dwarf::DW_ATE_boolean);
    case TypeKind::I8:
    case TypeKind::I16:
    case TypeKind::I32:
    case TypeKind::I64:
      return builder_.createBasicType(module_.to_string(id), module_.bits_of(id), llvm::dwarf::DW_ATE_signed);
    case TypeKind::F32:
    case TypeKind::F64:
      return builder_.createBasicType(module_.to_string(id), bits, llvm::dwarf::DW_ATE_float);
    case TypeKind::Ptr:
      return builder_.createPointerType(nullptr, Word);
    case TypeKind::Fn:
      return builder_.createPointerType(signature(id), Word);
    case TypeKind::Vector:
    case TypeKind::Array: {
      const bool vector = type.kind == TypeKind::Vector;
      const std::uint64_t each = std::max<std::uint64_t>(1, module_.types[type.element].size);
      const std::int64_t count = static_cast<std::int64_t>(vector ? type.count : type.size / each);
      llvm::Metadata* range = builder_.getOrCreateSubrange(0, count);
      const auto ranges = builder_.getOrCreateArray({range});
      llvm::DIType* element = this->type(type.element);
      if (!element) return nullptr;
      return vector ? builder_.createVectorType(bits, 0, element, ranges)
                    : builder_.createArrayType(bits, 0, element, ranges);
    }
    case TypeKind::Slice:
      return make_pair(id, "data", builder_.createPointerType(this->type(type.element), Word), "length",
                       this->type(ir::I64));
    case TypeKind::Interface:
      return make_pair(id, "object", this->type(ir::Ptr), "table", this->type(ir::Ptr));
    case TypeKind::Closure:
      return make_pair(id, "function", builder_.createPointerType(signature(id), Word), "carried", this->type(ir::Ptr));
    case TypeKind::Struct:
      return make_struct(id);
    case TypeKind::Void:
    case TypeKind::TypeParam:
      return nullptr;
  }
  return nullptr;
}

llvm::DIType* DebugInfo::make_pair(TypeId id, std::string_view first, llvm::DIType* first_type, std::string_view second,
                                   llvm::DIType* second_type) {
  llvm::DIFile* in = unit_ ? unit_->getFile() : file({});
  const auto member = [&](std::string_view name, llvm::DIType* type, std::uint64_t offset) -> llvm::Metadata* {
    return builder_.createMemberType(in, llvm::StringRef(name), in, 0, Word, 0, offset, llvm::DINode::FlagZero, type);
  };
  llvm::Metadata* members[] = {member(first, first_type, 0), member(second, second_type, Word)};
  return builder_.createStructType(in, module_.to_string(id), in, 0, std::uint64_t{2} * Word, Word,
                                   llvm::DINode::FlagZero, nullptr, builder_.getOrCreateArray(members));
}

/// A struct may have slices of itself: until its members are there, something stands in its place.
llvm::DIType* DebugInfo::make_struct(TypeId id) {
  const ir::Type& type = module_.types[id];
  llvm::DIFile* in = unit_ ? unit_->getFile() : file({});
  const std::string name = module_.to_string(id);
  if (!(type.flags & ir::TypeLaidOut))
    return builder_.createForwardDecl(llvm::dwarf::DW_TAG_structure_type, name, in, in, 0);
  llvm::DICompositeType* in_place =
      builder_.createReplaceableCompositeType(llvm::dwarf::DW_TAG_structure_type, name, in, in, 0);
  types_[id.value] = in_place;
  std::vector<llvm::Metadata*> members;
  for (std::uint32_t i = 0; i < type.count; ++i) {
    const std::uint32_t* words = &module_.extra[type.list] + std::size_t{i} * 3;
    const ir::Type& of = module_.types[TypeId{words[1]}];
    llvm::DIType* shown = this->type(TypeId{words[1]});
    if (!shown) continue;
    members.push_back(builder_.createMemberType(in, llvm::StringRef(module_.text(ir::StringId{words[0]})), in, 0,
                                                std::uint64_t{of.size} * 8, 0, std::uint64_t{words[2]} * 8,
                                                llvm::DINode::FlagZero, shown));
  }
  llvm::DICompositeType* made =
      builder_.createStructType(in, type.name ? name : std::string(), in, 0, std::uint64_t{type.size} * 8,
                                static_cast<std::uint32_t>(8u << type.align_log2), llvm::DINode::FlagZero, nullptr,
                                builder_.getOrCreateArray(members));
  return builder_.replaceTemporary(llvm::TempDIType(in_place), static_cast<llvm::DIType*>(made));
}

}  // namespace inlay::codegen
