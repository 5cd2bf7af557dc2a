// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a runtime holds, read from a file or from this process.
#include <cstring>

#include "inlay/runtime.h"
#include "runtime/image.h"
#include "runtime/llvm_errors.h"

#include <llvm/Demangle/Demangle.h>
#include <llvm/Object/Archive.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>

namespace inlay {

namespace {

using runtime::Image;

RuntimeListing describe(const Image& image) {
  RuntimeListing listing;
  listing.name = image.name();
  listing.llvm_version = std::to_string(image.header().llvm_major) + "." + std::to_string(image.header().llvm_minor);
  listing.image_bytes = image.header().total_size;
  listing.chunks = image.header().chunk_count;
  for (const runtime::SymbolRecord& record : image.symbols()) {
    RuntimeSymbol symbol;
    symbol.name = image.symbol_name(record);
    std::string plain = symbol.name.substr(0, symbol.name.find(".inlay."));
    symbol.demangled = llvm::demangle(plain);
    symbol.function = record.kind == runtime::SymbolKind::Function;
    symbol.defined = record.flags & runtime::Defined;
    symbol.exported = record.flags & runtime::Exported;
    symbol.size = symbol.function ? record.instructions : record.size;
    listing.symbols.push_back(std::move(symbol));
  }
  return listing;
}

/// Images lie one after another in a section, each aligned to 8 bytes.
Result<void> list_images(llvm::StringRef contents, bool verify, std::vector<RuntimeListing>& into) {
  std::vector<std::uint64_t> aligned((contents.size() + 7) / 8);  // the file's own bytes may lie anywhere
  std::memcpy(aligned.data(), contents.data(), contents.size());
  std::span<const std::byte> rest(reinterpret_cast<const std::byte*>(aligned.data()), contents.size());
  while (!rest.empty()) {
    INLAY_TRY(Image image, Image::open(rest));
    if (verify) INLAY_TRY_VOID(image.verify());
    into.push_back(describe(image));
    rest = rest.subspan(std::min<std::size_t>(rest.size(), (image.header().total_size + 7) / 8 * 8));
  }
  return {};
}

Result<void> list_object(const llvm::object::ObjectFile& object, bool verify, std::vector<RuntimeListing>& into) {
  for (const llvm::object::SectionRef& section : object.sections()) {
    llvm::Expected<llvm::StringRef> name = section.getName();
    if (!name) return runtime::from_llvm(name.takeError(), ErrorKind::File);
    if (*name != runtime::ImageSection) continue;
    llvm::Expected<llvm::StringRef> contents = section.getContents();
    if (!contents) return runtime::from_llvm(contents.takeError(), ErrorKind::File);
    INLAY_TRY_VOID(list_images(*contents, verify, into));
  }
  return {};
}

Result<void> list_binary(llvm::object::Binary& binary, bool verify, std::vector<RuntimeListing>& into) {
  if (auto* object = llvm::dyn_cast<llvm::object::ObjectFile>(&binary)) return list_object(*object, verify, into);
  auto* archive = llvm::dyn_cast<llvm::object::Archive>(&binary);
  if (!archive) return {};
  llvm::Error problem = llvm::Error::success();
  for (const llvm::object::Archive::Child& child : archive->children(problem)) {
    llvm::Expected<std::unique_ptr<llvm::object::Binary>> member = child.getAsBinary();
    if (!member) {
      llvm::consumeError(member.takeError());  // a member that is not an object holds no runtime
      continue;
    }
    INLAY_TRY_VOID(list_binary(**member, verify, into));
  }
  if (problem) return runtime::from_llvm(std::move(problem), ErrorKind::File);
  return {};
}

}  // namespace

Result<std::vector<RuntimeListing>> list_runtimes(const std::string& path, bool verify) {
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> file = llvm::MemoryBuffer::getFile(path, false, false);
  if (!file) return Error(ErrorKind::File, "cannot read " + path + ": " + file.getError().message());
  std::vector<RuntimeListing> listings;
  std::uint32_t magic = 0;
  if ((*file)->getBufferSize() >= sizeof magic) std::memcpy(&magic, (*file)->getBufferStart(), sizeof magic);
  if (magic == runtime::ImageMagic) {
    INLAY_TRY_VOID(list_images((*file)->getBuffer(), verify, listings));
    return listings;
  }
  llvm::Expected<std::unique_ptr<llvm::object::Binary>> binary = llvm::object::createBinary(**file);
  if (!binary) {
    llvm::consumeError(binary.takeError());
    return Error(ErrorKind::InvalidArgument,
                 path + " is neither an object file, a library, an executable nor a runtime image");
  }
  INLAY_TRY_VOID(list_binary(**binary, verify, listings));
  if (listings.empty())
    return Error(ErrorKind::NotFound,
                 path + " holds no runtime; runtimes are embedded with `inlay embed` or inlay_add_runtime");
  return listings;
}

void* address_in_runtime(std::string_view name) {
  const std::optional<runtime::SymbolRef> found = runtime::find_symbol(name);
  return found && !found->ambiguous ? const_cast<void*>(found->address) : nullptr;
}

std::vector<RuntimeListing> linked_runtimes() {
  std::vector<RuntimeListing> listings;
  for (const Image* image : runtime::registered_images()) listings.push_back(describe(*image));
  return listings;
}

}  // namespace inlay
