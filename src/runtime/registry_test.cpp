// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runtimes that come and go by hand, as a library with a runtime does at dlopen and dlclose.
#include <atomic>
#include <thread>

#include "runtime/image.h"
#include "runtime/registration.h"
#include "runtime/test_image.h"

#include <gtest/gtest.h>

namespace inlay::runtime {
namespace {

/// A runtime whose symbols lie in an array, 64 bytes each.
class Registered {
 public:
  Registered() : image_(test_image(0)) {
    std::size_t count = Image::open(image_)->symbols().size();
    places_.resize(64 * count);
    for (std::size_t i = 0; i < count; ++i) addresses_.push_back(&places_[64 * i]);
    descriptor_ = {image_.data(), image_.size(), addresses_.data(), count};
    inlay_register_runtime(&descriptor_);
  }
  Registered(const Registered&) = delete;
  ~Registered() { inlay_unregister_runtime(&descriptor_); }

  const void* address(std::string_view name) const { return addresses_[Image::open(image_)->find(name).value()]; }

 private:
  std::vector<std::byte> image_;
  std::vector<char> places_;
  std::vector<const void*> addresses_;
  RuntimeDescriptor descriptor_;
};

TEST(Registry, finds_by_name_and_by_address) {
  Registered runtime;
  std::optional<SymbolRef> twice = find_symbol("twice");
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->name(), "twice");
  EXPECT_EQ(twice->address, runtime.address("twice"));
  std::optional<SymbolAt> at = find_symbol_at(runtime.address("twice"));
  ASSERT_TRUE(at);
  EXPECT_EQ(at->symbol.name(), "twice");
  EXPECT_EQ(at->offset, 0u);
}

TEST(Registry, finds_variables_by_any_of_their_bytes_and_functions_by_their_first) {
  Registered runtime;
  auto* table = static_cast<const char*>(runtime.address("table"));
  ASSERT_TRUE(find_symbol_at(table + 15));
  EXPECT_EQ(find_symbol_at(table + 15)->offset, 15u);
  EXPECT_FALSE(find_symbol_at(table + 16));
  EXPECT_FALSE(find_symbol_at(static_cast<const char*>(runtime.address("twice")) + 1));
  EXPECT_FALSE(find_symbol_at(runtime.address("missing"))) << "only definitions have an address of their own";
  EXPECT_FALSE(find_symbol_at(nullptr));
}

TEST(Registry, tells_sets_of_runtimes_apart_but_not_where_they_lie) {
  const base::Hash128 none = identity_of_runtimes();
  std::optional<base::Hash128> one;
  {
    const Registered first;
    one = identity_of_runtimes();
    EXPECT_NE(*one, none);
    const Registered second;  // the same names, elsewhere
    EXPECT_NE(identity_of_runtimes(), *one);
    EXPECT_NE(identity_of_runtimes(), none);
  }
  EXPECT_EQ(identity_of_runtimes(), none);
  const Registered another;
  EXPECT_EQ(identity_of_runtimes(), *one);
}

TEST(Registry, forgets_what_was_unregistered) {
  {
    Registered runtime;
  }
  EXPECT_FALSE(find_symbol("twice"));
}

TEST(Registry, refuses_damaged_images_and_says_so) {
  std::size_t before = refused_images().size(), images = registered_images().size();
  std::vector<std::byte> image = test_image(0);
  RuntimeDescriptor truncated{image.data(), image.size() / 2, nullptr, 0};
  inlay_register_runtime(&truncated);
  RuntimeDescriptor short_table{image.data(), image.size(), nullptr, 0};
  inlay_register_runtime(&short_table);
  EXPECT_EQ(registered_images().size(), images);
  std::vector<Error> refused = refused_images();
  ASSERT_EQ(refused.size(), before + 2);
  EXPECT_EQ(refused[before].kind(), ErrorKind::DamagedImage);
  EXPECT_NE(refused[before + 1].message().find("disagree"), std::string::npos);
  inlay_unregister_runtime(&truncated);
  inlay_unregister_runtime(&short_table);
}

TEST(RegistryThreads, looks_up_while_runtimes_come_and_go) {
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i)
    readers.emplace_back([&] {
      while (!done) {
        (void)find_symbol_at(&done);
        (void)registered_images().size();
        std::this_thread::yield();  // readers without a pause would keep the writer out
      }
    });
  for (int i = 0; i < 200; ++i) {
    Registered runtime;
    EXPECT_TRUE(find_symbol("twice"));
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace inlay::runtime
