// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The runtimes of this process. Each one registers itself from a constructor that `inlay embed` puts beside its native
// code, with its image and a table that the linker filled with the address of each of the image's symbols.
#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "base/serial.h"
#include "inlay/runtime.h"
#include "runtime/image.h"
#include "runtime/registration.h"

namespace inlay::runtime {

namespace {

/// A variable or function by where it lies.
struct Extent {
  std::uintptr_t begin, end;
  std::uint32_t index;
};

struct Registered {
  const RuntimeDescriptor* descriptor;
  Image image;
  std::once_flag sorted;
  std::vector<Extent> extents;  // by begin; made at the first look-up by address

  const std::vector<Extent>& by_address() {
    std::call_once(sorted, [this] {
      std::span<const SymbolRecord> symbols = image.symbols();
      for (std::uint32_t i = 0; i < symbols.size(); ++i) {
        auto begin = reinterpret_cast<std::uintptr_t>(descriptor->addresses[i]);
        // A thread-local's "address" is an offset. A function that is only mentioned has no body to be found.
        bool defined = symbols[i].flags & Defined;
        if (begin == 0 || (!defined && symbols[i].kind == SymbolKind::Function) || (symbols[i].flags & ThreadLocal))
          continue;
        std::uintptr_t size = symbols[i].kind == SymbolKind::Function ? 1 : std::max<std::uint64_t>(symbols[i].size, 1);
        extents.push_back({begin, begin + size, i});
      }
      std::sort(extents.begin(), extents.end(), [](const Extent& a, const Extent& b) { return a.begin < b.begin; });
    });
    return extents;
  }
};

struct Registry {
  std::shared_mutex mutex;
  std::vector<std::unique_ptr<Registered>> runtimes, retired;
  std::vector<Error> refused;
  std::mutex identity_mutex;              // of the next one
  std::optional<base::Hash128> identity;  // until the runtimes change; they do so under the exclusive lock
};

/// Constructed at first use, never destroyed: runtimes register before main and look-ups may come after exit began.
Registry& registry() {
  static Registry* instance = new Registry;
  return *instance;
}

SymbolRef reference(const Registered& r, std::uint32_t index) {
  return {&r.image, index, r.descriptor->addresses[index]};
}

}  // namespace

std::optional<SymbolRef> find_symbol(std::string_view name) {
  Registry& all = registry();
  std::shared_lock lock(all.mutex);
  std::optional<SymbolRef> defined, mentioned;
  for (const auto& r : all.runtimes) {
    std::optional<std::uint32_t> index = r->image.find(name);
    if (!index) continue;
    SymbolRef found = reference(*r, *index);
    if (!(found.record().flags & Defined)) {
      if (!mentioned || !mentioned->address) mentioned = found;
    } else if (!defined) {
      defined = found;
    } else if (defined->address != found.address) {
      bool alike = found.record().body != 0 && found.record().body == defined->record().body;
      defined->ambiguous |= !alike;
    }
  }
  return defined ? defined : mentioned;
}

std::optional<SymbolAt> find_symbol_at(const void* address) {
  auto at = reinterpret_cast<std::uintptr_t>(address);
  Registry& all = registry();
  std::shared_lock lock(all.mutex);
  for (const auto& r : all.runtimes) {
    const std::vector<Extent>& extents = r->by_address();
    auto next = std::upper_bound(extents.begin(), extents.end(), at,
                                 [](std::uintptr_t a, const Extent& e) { return a < e.begin; });
    if (next == extents.begin()) continue;
    const Extent& found = *--next;
    if (at < found.end) return SymbolAt{reference(*r, found.index), at - found.begin};
  }
  return std::nullopt;
}

std::optional<SymbolAt> find_named_symbol_at(const void* address) {
  std::optional<SymbolAt> found = find_symbol_at(address);
  if (!found) return std::nullopt;
  std::optional<SymbolRef> by_name = find_symbol(found->symbol.name());
  return by_name && !by_name->ambiguous ? found : std::nullopt;
}

namespace {

/// The names that both define, and whether that is one place.
void add_common(const Registered& a, const Registered& b, base::Writer& to) {
  std::span<const SymbolRecord> in_a = a.image.symbols(), in_b = b.image.symbols();
  for (std::uint32_t i = 0, k = 0; i < in_a.size() && k < in_b.size();) {
    const int order = a.image.symbol_name(in_a[i]).compare(b.image.symbol_name(in_b[k]));
    if (order == 0 && (in_a[i].flags & in_b[k].flags & Defined)) {
      to.number(i);
      to.number(k);
      to.byte(a.descriptor->addresses[i] == b.descriptor->addresses[k]);
    }
    i += order <= 0;
    k += order >= 0;
  }
}

}  // namespace

base::Hash128 identity_of_runtimes() {
  Registry& all = registry();
  std::shared_lock lock(all.mutex);
  std::lock_guard identity_lock(all.identity_mutex);
  if (all.identity) return *all.identity;
  base::Bytes facts;
  base::Writer to(facts);
  for (const auto& r : all.runtimes) {
    const ImageHeader& header = r->image.header();
    to.number(header.digest);
    to.number(header.total_size);
    to.number(header.llvm_major);
    to.number(header.llvm_minor);
    for (std::uint32_t i = 0; i < header.symbol_count; ++i)
      if (!r->descriptor->addresses[i]) to.number(i);
    to.number(header.symbol_count);
  }
  for (std::size_t i = 0; i < all.runtimes.size(); ++i)
    for (std::size_t k = i + 1; k < all.runtimes.size(); ++k) {
      add_common(*all.runtimes[i], *all.runtimes[k], to);
      to.number(i);
    }
  return all.identity.emplace(base::hash128(facts));
}

std::vector<const Image*> registered_images() {
  Registry& all = registry();
  std::shared_lock lock(all.mutex);
  std::vector<const Image*> images;
  for (const auto& r : all.runtimes) images.push_back(&r->image);
  return images;
}

std::vector<Error> refused_images() {
  Registry& all = registry();
  std::shared_lock lock(all.mutex);
  return all.refused;
}

}  // namespace inlay::runtime

namespace {

/// A library with a runtime stays loaded for good: compiled code calls it, and loaded bodies are read from its image.
void keep_loaded(const void* inside) {
  Dl_info info;
  link_map* library = nullptr;
  if (!dladdr1(inside, &info, reinterpret_cast<void**>(&library), RTLD_DL_LINKMAP) || !library) return;
  if (library->l_name && *library->l_name) dlopen(library->l_name, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

}  // namespace

extern "C" void inlay_register_runtime(const inlay::runtime::RuntimeDescriptor* descriptor) {
  using namespace inlay::runtime;
  keep_loaded(descriptor);
  Registry& all = registry();
  std::unique_lock lock(all.mutex);
  if (std::ranges::any_of(all.runtimes, [&](const auto& known) { return known->descriptor == descriptor; })) return;
  inlay::Result<Image> image =
      Image::open({reinterpret_cast<const std::byte*>(descriptor->image), descriptor->image_size});
  if (image && image->header().symbol_count != descriptor->address_count)
    image = inlay::Error(inlay::ErrorKind::DamagedImage, "the runtime image and its address table disagree");
  if (!image) {
    all.refused.push_back(std::move(image).error());
    return;
  }
  auto registered = std::make_unique<Registered>();
  registered->descriptor = descriptor;
  registered->image = *std::move(image);
  all.identity.reset();
  all.runtimes.push_back(std::move(registered));
}

extern "C" void inlay_unregister_runtime(const inlay::runtime::RuntimeDescriptor* descriptor) {
  inlay::runtime::Registry& all = inlay::runtime::registry();
  std::unique_lock lock(all.mutex);
  for (auto at = all.runtimes.begin(); at != all.runtimes.end(); ++at) {
    if ((*at)->descriptor != descriptor) continue;
    all.identity.reset();
    all.retired.push_back(std::move(*at));  // others may be looking at it
    all.runtimes.erase(at);
    return;
  }
}

void inlay::register_runtime(const void* runtime) {
  inlay_register_runtime(static_cast<const inlay::runtime::RuntimeDescriptor*>(runtime));
}
