// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/source.h"

#include <vector>

#include <gtest/gtest.h>

namespace inlay::frozen {
namespace {

struct Words {
  int word[64] = {};
};

std::uintptr_t at(const void* address) { return reinterpret_cast<std::uintptr_t>(address); }

TEST(Source, is_known_by_address_until_the_region_goes) {
  auto program = std::make_unique<Frozen<Words>>(freeze([] { return Words{}; }));
  const int* word = (*program)->word;
  GuestSource source;
  const unsigned fib = source.add_function("fib", "fib.asm", 3);
  source.add_code(word + 2, 8, fib, 5);
  source.add_code(word + 4, 4, fib, 6, 7);
  source.add_code(word + 6, 4, 99, 8);  // no such function
  source.add_node(word + 8, fib, 9);
  EXPECT_EQ(source_of(program->region()), nullptr);
  ASSERT_TRUE(annotate_source(program->region(), source));

  const std::shared_ptr<const SourceTable> table = source_of(program->region());
  ASSERT_TRUE(table);
  EXPECT_FALSE(table->code_at(at(word + 1)));
  ASSERT_TRUE(table->code_at(at(word + 3)));
  EXPECT_EQ(table->code_at(at(word + 3))->line, 5u);
  EXPECT_EQ(table->code_at(at(word + 3))->function->name, "fib");
  EXPECT_EQ(table->code_at(at(word + 4))->column, 7u);
  EXPECT_FALSE(table->code_at(at(word + 5)));
  EXPECT_FALSE(table->code_at(at(word + 6)));
  EXPECT_FALSE(table->code_at(at(word + 8)));
  ASSERT_TRUE(table->node_at(at(word + 8)));
  EXPECT_FALSE(table->node_at(at(word + 8) + 1));
  EXPECT_FALSE(table->node_at(at(word + 2)));

  const std::weak_ptr<Region> region = program->region();
  program.reset();
  EXPECT_TRUE(region.expired()) << "what was said must not keep the region";
}

TEST(Source, adds_up_and_later_words_count) {
  const Frozen<Words> program = freeze([] { return Words{}; });
  for (unsigned line : {1u, 2u}) {
    GuestSource source;
    const unsigned function = source.add_function("f", "f.asm");
    source.add_code(program->word, 4, function, line);
    source.add_code(program->word + line, 4, function, 10 * line);
    ASSERT_TRUE(annotate_source(program.region(), source));
  }
  const std::shared_ptr<const SourceTable> table = source_of(program.region());
  EXPECT_EQ(table->code_at(at(program->word))->line, 2u);
  EXPECT_EQ(table->code_at(at(program->word + 1))->line, 10u);
  EXPECT_EQ(table->code_at(at(program->word + 2))->line, 20u);
}

TEST(Source, needs_a_region) {
  Result<void> said = annotate_source(nullptr, GuestSource());
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().kind(), ErrorKind::InvalidArgument);
}

TEST(Source, of_closures_that_std_function_keeps_apart) {
  GuestSource source;
  const unsigned function = source.add_function("f", "f.calc");
  struct Large {
    long words[4];
    long operator()() const { return words[0]; }
  };
  struct Small {
    long operator()() const { return 1; }
  };
  const Frozen<std::vector<std::function<long()>>> closures = freeze([&] {
    std::vector<std::function<long()>> made;
    made.reserve(2);
    made.emplace_back(Large{{7}});
    source.add_closure<Large>(made.back(), function, 4);
    made.emplace_back(Small{});
    source.add_closure<Small>(made.back(), function, 5);
    return made;
  });
  ASSERT_TRUE(annotate_source(closures.region(), source));
  const std::shared_ptr<const SourceTable> table = source_of(closures.region());
  ASSERT_TRUE(table->node_at(at((*closures)[0].target<Large>())));
  EXPECT_EQ(table->node_at(at((*closures)[0].target<Large>()))->line, 4u);
  EXPECT_FALSE(table->node_at(at((*closures)[1].target<Small>())));
}

}  // namespace
}  // namespace inlay::frozen
