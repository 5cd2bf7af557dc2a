// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "users.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace bench {

std::vector<User> read_users(const std::string& path, std::int64_t most) {
  std::ifstream file(path);
  std::string line;
  std::vector<User> users;
  users.reserve(static_cast<std::size_t>(most));  // so that texts lie in memory in the order of rows
  std::getline(file, line);
  while (static_cast<std::int64_t>(users.size()) < most && std::getline(file, line)) {
    std::string_view fields[13];
    std::string_view rest = line;
    for (std::string_view& field : fields) {
      field = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    }
    const auto text = [&](int i) { return std::string(fields[i]); };
    users.push_back({.first_name = text(1),
                     .last_name = text(2),
                     .email = text(3),
                     .phone = text(4),
                     .country = text(5),
                     .age = std::atoi(fields[10].data()),
                     .score = std::atoi(fields[12].data()),
                     .balance = std::strtod(fields[11].data(), nullptr),
                     .id = std::atoll(fields[0].data())});
  }
  if (users.empty()) {
    std::fprintf(stderr, "no rows in %s\n", path.c_str());
    std::exit(1);
  }
  return users;
}

Columns columns_of(const std::vector<User>& users) {
  Columns columns;
  for (const User& user : users) {
    columns.first_name.add(user.first_name);
    columns.last_name.add(user.last_name);
    columns.email.add(user.email);
    columns.phone.add(user.phone);
    columns.country.add(user.country);
    columns.age.push_back(user.age);
    columns.balance.push_back(user.balance);
  }
  return columns;
}

}  // namespace bench
