// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rows, as objects and as columns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct User {
  std::string first_name, last_name, email, phone, country;
  std::int32_t age, score;
  double balance;
  std::int64_t id;
  double spare = 0;
};
static_assert(sizeof(User) == 192);

/// As Arrow has them: 32-bit offsets and characters.
struct Texts {
  std::vector<std::int32_t> ends{0};
  std::vector<char> characters;

  void add(std::string_view text) {
    characters.insert(characters.end(), text.begin(), text.end());
    ends.push_back(static_cast<std::int32_t>(characters.size()));
  }
  std::string_view operator[](std::int64_t row) const {
    const auto i = static_cast<std::size_t>(row);
    return {characters.data() + ends[i], static_cast<std::size_t>(ends[i + 1] - ends[i])};
  }
};

struct Columns {
  Texts first_name, last_name, email, phone, country;
  std::vector<std::int32_t> age;
  std::vector<double> balance;
};

/// What the generator wrote without quotes and nulls; ends the process if the file cannot be read.
std::vector<User> read_users(const std::string& path, std::int64_t most);
Columns columns_of(const std::vector<User>& users);

}  // namespace bench
