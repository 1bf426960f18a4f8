#pragma once
// SP_VECTOR_CLONES: marks a function whose loops g++ compiles once per generation of vector units;
// the best version is chosen when the process starts. Not under sanitizers, whose run-time is not
// ready when that choice is made.

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SP_VECTOR_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SP_VECTOR_CLONES
#endif
