// sp_function_docs FILE: writes docs/functions.md.

#include <fstream>
#include <iostream>

#include "tests/harness/function_docs.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "Usage: sp_function_docs docs/functions.md\n";
    return 2;
  }
  std::ofstream file(argv[1], std::ios::binary);
  file << sp::tests::function_docs();
  return file.flush() ? 0 : 1;
}
