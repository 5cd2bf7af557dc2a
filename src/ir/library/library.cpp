// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/library.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <system_error>

#include "ir/library/format.h"
#include "ir/library/load.h"

namespace inlay::ir {

Mapping::~Mapping() {
  if (!bytes.empty()) ::munmap(const_cast<std::byte*>(bytes.data()), bytes.size());
}

std::string_view Library::State::name(const LibraryEntry& entry) const {
  if (std::uint64_t{entry.name} + entry.name_size > names.size()) return {};
  return names.substr(entry.name, entry.name_size);
}

LibraryEntry Library::State::entry(std::size_t index) const {
  LibraryEntry entry;
  std::memcpy(&entry, bytes.data() + sizeof(LibraryHeader) + index * sizeof entry, sizeof entry);
  return entry;
}

std::optional<LibraryEntry> Library::State::find(Section section, std::string_view wanted) const {
  std::size_t low = begin(section), high = end(section);
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const LibraryEntry found = entry(middle);
    const std::string_view name = this->name(found);
    if (name == wanted) return found;
    if (name < wanted)
      low = middle + 1;
    else
      high = middle;
  }
  return std::nullopt;
}

Error Library::State::damaged(std::string what) const {
  return {ErrorKind::InvalidProgram, "the library is damaged: " + std::move(what) + "; write it anew", {file, 0, 0}};
}

Result<std::span<const std::byte>> Library::State::chunk(const LibraryEntry& entry) const {
  std::uint64_t checksum = 0;
  if (entry.chunk_size < sizeof checksum || std::uint64_t{entry.chunk} + entry.chunk_size > bytes.size())
    return damaged("'" + std::string(name(entry)) + "' lies beyond its end");
  const std::span<const std::byte> all = bytes.subspan(entry.chunk, entry.chunk_size);
  std::memcpy(&checksum, all.data(), sizeof checksum);
  const std::span<const std::byte> chunk = all.subspan(sizeof checksum);
  if (checksum != chunk_checksum(entry.flags, name(entry), chunk))
    return damaged("'" + std::string(name(entry)) + "' has been changed");
  return chunk;
}

namespace {

Result<void> read_header(Library::State& s) {
  const auto fail = [&](ErrorKind kind, std::string text) { return Error(kind, std::move(text), {s.file, 0, 0}); };
  LibraryHeader header;
  if (s.bytes.size() < sizeof header) return fail(ErrorKind::InvalidProgram, "this is no library: it is too short");
  std::memcpy(&header, s.bytes.data(), sizeof header);
  if (std::memcmp(header.magic, LibraryMagic, sizeof LibraryMagic) != 0)
    return fail(ErrorKind::InvalidProgram, "this is no library: it does not begin as one");
  if (header.hash != header_hash(header)) return s.damaged("its header has been changed");
  if (header.version != LibraryVersion || header.operations != operations_hash())
    return fail(ErrorKind::WrongVersion, "the library was written by another Inlay; write it anew with this one");
  const std::uint64_t entries = std::uint64_t{header.symbols} + header.types + header.declarations;
  const std::uint64_t names = sizeof header + entries * sizeof(LibraryEntry);
  if (header.size != s.bytes.size() || names > header.size || header.names_size > header.size - names)
    return s.damaged("it does not have the size that it says");
  s.ends = {header.symbols, header.symbols + header.types, header.symbols + header.types + header.declarations};
  s.names = {reinterpret_cast<const char*>(s.bytes.data()) + names, static_cast<std::size_t>(header.names_size)};
  return {};
}

Error file_error(const std::string& path, int code) {
  return {ErrorKind::File, "'" + path + "' cannot be read: " + std::generic_category().message(code)};
}

}  // namespace

Library::Library(std::unique_ptr<State> state) : state_(std::move(state)) {}
Library::Library(Library&&) noexcept = default;
Library& Library::operator=(Library&&) noexcept = default;
Library::~Library() = default;

Result<Library> Library::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return file_error(path, errno);
  struct stat status = {};
  const bool known = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  void* memory = MAP_FAILED;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (known && size > 0) memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  const int code = known ? errno : EINVAL;
  ::close(file);
  auto state = std::make_unique<State>();
  state->file = path;
  if (memory != MAP_FAILED)
    state->mapping.bytes = {static_cast<const std::byte*>(memory), size};
  else if (!known || size > 0)
    return file_error(path, code);
  state->bytes = state->mapping.bytes;
  INLAY_TRY_VOID(read_header(*state));
  return Library(std::move(state));
}

Result<Library> Library::open(std::span<const std::byte> bytes, std::string name) {
  auto state = std::make_unique<State>();
  state->file = std::move(name);
  state->bytes = bytes;
  INLAY_TRY_VOID(read_header(*state));
  return Library(std::move(state));
}

std::vector<std::string> Library::names() const {
  std::vector<std::string> names;
  for (std::size_t i = state_->begin(Section::Symbols); i < state_->end(Section::Symbols); ++i)
    names.emplace_back(state_->name(state_->entry(i)));
  return names;
}

bool Library::defines(std::string_view name) const { return state_->find(Section::Symbols, name).has_value(); }

Result<void> Library::load(Module& into, std::string_view name) const {
  const std::optional<LibraryEntry> entry = state_->find(Section::Symbols, name);
  if (!entry)
    return Error(ErrorKind::NotFound, "the library does not define '@" + std::string(name) + "'", {state_->file, 0, 0});
  Loader loader(into, *state_);
  INLAY_TRY_VOID(loader.load(*entry));
  return loader.finish();
}

Result<void> Library::load_all(Module& into) const {
  Loader loader(into, *state_);
  // Types and generics first, so that their instances are complete when they are mentioned.
  for (const Section section : {Section::Types, Section::Symbols, Section::Declarations})
    for (std::size_t i = state_->begin(section); i < state_->end(section); ++i)
      INLAY_TRY_VOID(loader.load(state_->entry(i)));
  return loader.finish();
}

namespace {

/// Links one module: what was asked for by a library's private definition comes from that library.
class Linker {
 public:
  Linker(Module& module, std::span<const Library* const> libraries, std::deque<Loader>& loaders)
      : m_(module), libraries_(libraries), loaders_(loaders) {}

  Result<void> run() {
    // Definitions that are loaded add what they mention at the end of the tables.
    FunctionId function{1};
    DataId data{1};
    while (function.value < m_.functions.count() || data.value < m_.data.count()) {
      if (function.value < m_.functions.count()) {
        const Function& f = m_.functions[function];
        if (!f.generic && f.flags & (FunctionExtern | FunctionReserved)) INLAY_TRY_VOID(define(m_.text(f.name)));
        ++function.value;
      } else {
        const Data& d = m_.data[data];
        if (!d.generic && d.flags & (DataExtern | DataReserved)) INLAY_TRY_VOID(define(m_.text(d.name)));
        ++data.value;
      }
    }
    for (Loader& loader : loaders_) INLAY_TRY_VOID(loader.finish());
    return {};
  }

 private:
  Result<void> define(std::string_view name) {
    bool own = false;
    for (Loader& loader : loaders_) {
      if (!loader.needs_own(name)) continue;
      own = true;
      INLAY_TRY_VOID(load(loader, name));
    }
    if (own) return {};
    for (std::size_t i = 0; i < libraries_.size(); ++i)
      if (libraries_[i]->defines(name)) return load(loaders_[i], name);
    return {};
  }
  static Result<void> load(Loader& loader, std::string_view name) {
    const std::optional<LibraryEntry> entry = loader.library().find(Section::Symbols, name);
    return entry ? loader.load(*entry) : Result<void>();
  }

  Module& m_;
  std::span<const Library* const> libraries_;
  std::deque<Loader>& loaders_;
};

}  // namespace

Result<void> link(Module& module, std::span<const Library* const> libraries) {
  if (module.error()) return *module.error();
  std::deque<Loader> loaders;
  for (const Library* library : libraries) loaders.emplace_back(module, library->state());
  return Linker(module, libraries, loaders).run();
}

}  // namespace inlay::ir
